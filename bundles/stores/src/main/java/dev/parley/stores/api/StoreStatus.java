package dev.parley.stores.api;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.StoreInfo;
import java.util.List;

/**
 * How a store is here.
 *
 * @param role what this container's agent may do
 * @param changes how many are here
 * @param heads the last ones; equal heads are equal stores
 * @param waiting how many came before what they build on
 * @param parked how many are ahead of their time
 * @param forked authors who said two things at once
 * @param link the text with which others join, with those who are admin as far as is known here
 * @param obstacle why it does not get what others have, and what to do; empty if nothing is known
 *     of that
 * @param damage what is wrong with it on this disk; empty if all is well
 */
public record StoreStatus(
        StoreInfo info,
        Role role,
        int changes,
        List<Id> heads,
        int waiting,
        int parked,
        List<Id> forked,
        String link,
        String obstacle,
        String damage) {}
