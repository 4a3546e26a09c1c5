package dev.parley.crdt.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A few replicas of one store, whose changes are delivered as a test wants. */
public final class Replicas {
    public static final long NOW = 1_800_000_000_000L;

    /** One author with a replica; its clock may be wrong. */
    public static final class Peer {
        public final Id author;
        public final Replica replica;
        public long clock = NOW;

        Peer(Id author, StoreInfo info) {
            this.author = author;
            this.replica = Replica.create(info);
        }

        public SignedChange write(Replica.Edit edit) throws RefusedException {
            return replica.transact(author, clock++, Replicas::signature, edit);
        }
    }

    public final List<Peer> peers = new ArrayList<>();

    public final StoreInfo info;

    public Replicas(int count, StoreInfo.Mode mode, boolean appendOnly) {
        info = new StoreInfo("parley.test", author(0), mode, appendOnly, "test", new byte[16]);
        for (int i = 0; i < count; i++) {
            add(i);
        }
    }

    /** One more replica; it may be of an author who has one. */
    public Peer add(int author) {
        Peer peer = new Peer(author(author), info);
        peers.add(peer);
        return peer;
    }

    public static Replicas open(int count) {
        return new Replicas(count, StoreInfo.Mode.OPEN, false);
    }

    public static Id author(int number) {
        byte[] bytes = new byte[Id.BYTES];
        Arrays.fill(bytes, (byte) (number * 37 + 1));
        return Id.of(bytes);
    }

    public static byte[] signature(Id change) {
        return ("signed " + change.hex()).getBytes(StandardCharsets.US_ASCII);
    }

    public Peer get(int index) {
        return peers.get(index);
    }

    /** Gives everybody everything, in a random order for each. */
    public void exchange(Random random) {
        Set<SignedChange> known = new LinkedHashSet<>();
        for (Peer peer : peers) {
            for (int i = 0; i < peer.replica.size(); i++) {
                known.add(peer.replica.change(i));
            }
        }
        List<SignedChange> all = new ArrayList<>(known);
        for (Peer peer : peers) {
            Collections.shuffle(all, random);
            for (SignedChange change : all) {
                peer.replica.receive(change, NOW + 86_400_000L);
            }
        }
    }

    /** Gives one everything of another one, in order. */
    public static void pull(Peer to, Peer from) {
        for (SignedChange change : from.replica.missing(to.replica.summary(), Integer.MAX_VALUE)) {
            to.replica.receive(change, NOW + 86_400_000L);
        }
    }
}
