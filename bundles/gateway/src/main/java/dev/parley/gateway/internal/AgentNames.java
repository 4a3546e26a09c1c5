package dev.parley.gateway.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Entry;
import dev.parley.crdt.api.Id;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.identity.api.AgentId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.trust.api.Contact;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Which agent a person means. */
final class AgentNames {
    static final String WHO =
            "64 hex digits, the first six or more of an agent seen here, or a contact's name";
    private static final int MIN_PREFIX = 6;

    private final TrustStore trust;
    private final Network network;
    private final Catalog catalog;

    AgentNames(TrustStore trust, Network network, Catalog catalog) {
        this.trust = trust;
        this.network = network;
        this.catalog = catalog;
    }

    AgentId find(String text) throws OperationException {
        String wanted = text.toLowerCase(Locale.ROOT);
        if (wanted.matches("[0-9a-f]{64}")) {
            return AgentId.of(wanted);
        }
        Set<AgentId> found = named(text);
        if (wanted.length() >= MIN_PREFIX) {
            Stream<AgentId> seen =
                    Stream.of(
                                    trust.contacts().stream().map(Contact::agent),
                                    network.peers().stream().map(Peer::agent),
                                    catalog.search("").stream().map(Entry::publisher))
                            .flatMap(each -> each);
            seen.filter(agent -> agent.hex().startsWith(wanted)).forEach(found::add);
        }
        return one(found, text);
    }

    /**
     * One of some agents, which need not be seen here otherwise: other agents with these first
     * digits do not count, but a contact of that name does. Of all, if none of them is meant.
     */
    AgentId find(String text, Collection<AgentId> among) throws OperationException {
        String wanted = text.toLowerCase(Locale.ROOT);
        Set<AgentId> found = new LinkedHashSet<>();
        if (wanted.length() >= MIN_PREFIX) {
            among.stream().filter(agent -> agent.hex().startsWith(wanted)).forEach(found::add);
        }
        if (found.isEmpty()) {
            return find(text);
        }
        found.addAll(named(text));
        return one(found, text);
    }

    private Set<AgentId> named(String text) {
        Set<AgentId> found = new LinkedHashSet<>();
        for (Contact contact : trust.contacts()) {
            if (contact.name().equals(text)) {
                found.add(contact.agent());
            }
        }
        return found;
    }

    private static AgentId one(Set<AgentId> found, String text) throws OperationException {
        if (found.size() > 1) {
            throw new OperationException(
                    Kind.INVALID,
                    "AMBIGUOUS",
                    "'" + text + "' fits " + found.size() + " agents",
                    "give more hex digits of the agent");
        }
        return found.stream().findFirst().orElseThrow(() -> notFound(text));
    }

    /** An agent as people know it. */
    Value.MapBuilder describe(Id agent) {
        AgentId id = AgentId.of(agent.bytes());
        return Value.map()
                .put("agent", agent.hex())
                .put("words", id.words())
                .put("name", name(agent));
    }

    /**
     * @return a contact's name; empty if it is none
     */
    String name(Id agent) {
        return trust.contact(AgentId.of(agent.bytes())).map(Contact::name).orElse("");
    }

    static OperationException notFound(String text) {
        return new OperationException(
                Kind.NOT_FOUND,
                "NO_SUCH_CONTACT",
                "no contact is '" + text + "'",
                "expected " + WHO);
    }
}
