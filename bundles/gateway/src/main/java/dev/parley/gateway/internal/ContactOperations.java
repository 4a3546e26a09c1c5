package dev.parley.gateway.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.gateway.api.OperationSource;
import dev.parley.identity.api.AgentCard;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.trust.api.Contact;
import dev.parley.trust.api.TrustException;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The contacts: levels, names, pins, and cards of others. */
@Component(service = OperationSource.class)
public final class ContactOperations implements OperationSource {
    private static final String WHO = AgentNames.WHO;
    private static final String LEVEL = "blocked, unknown, known or trusted";

    private final Identity identity;
    private final TrustStore trust;
    private final AgentNames agents;

    @Activate
    public ContactOperations(
            @Reference Identity identity,
            @Reference TrustStore trust,
            @Reference Network network,
            @Reference Catalog catalog) {
        this.identity = identity;
        this.trust = trust;
        this.agents = new AgentNames(trust, network, catalog);
    }

    private interface Change {
        void apply(AgentId agent) throws TrustException, OperationException;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(
                        "contacts.list",
                        "/contacts",
                        "The contacts of this container",
                        (arguments, progress) ->
                                Value.map()
                                        .put(
                                                "contacts",
                                                Value.list(
                                                        trust.contacts().stream()
                                                                .map(ContactOperations::describe)
                                                                .toList()))
                                        .build()),
                Operation.of(
                                "contacts.add",
                                "POST",
                                "/contacts",
                                "Adds a contact by its id, or sets its level",
                                (arguments, progress) -> set(arguments))
                        .needs("agent", Type.TEXT, WHO)
                        .takes("level", Type.TEXT, LEVEL + "; known if it is new")
                        .takes("name", Type.TEXT, "what you call it"),
                Operation.of(
                                "contacts.set",
                                "PATCH",
                                "/contacts/{agent}",
                                "Changes the level, the name or the machine pins of a contact",
                                (arguments, progress) -> set(arguments))
                        .needs("agent", Type.TEXT, WHO)
                        .takes("level", Type.TEXT, LEVEL)
                        .takes("name", Type.TEXT, "what you call it")
                        .takes(
                                "pins",
                                Type.TEXTS,
                                "the only machines it may speak from; none for any"),
                Operation.of(
                                "contacts.remove",
                                "DELETE",
                                "/contacts/{agent}",
                                "Forgets a contact",
                                (arguments, progress) -> remove(arguments))
                        .needs("agent", Type.TEXT, WHO),
                Operation.of(
                                "cards.import",
                                "POST",
                                "/cards/import",
                                "Adds the agent of a card as a known contact",
                                (arguments, progress) -> introduce(arguments))
                        .needs("card", Type.TEXT, "a text that starts with " + AgentCard.PREFIX));
    }

    private Value set(Arguments arguments) throws OperationException {
        Optional<String> level = arguments.optionalText("level");
        Optional<Set<MachineId>> pins = Optional.empty();
        if (arguments.texts("pins").isPresent()) {
            pins = Optional.of(machines(arguments.texts("pins").get()));
        }
        Optional<Set<MachineId>> checked = pins;
        AgentId agent = agents.find(arguments.text("agent"));
        TrustLevel old = trust.contact(agent).map(Contact::level).orElse(TrustLevel.KNOWN);
        TrustLevel wanted = level.isPresent() ? Levels.parse(level.get()) : old;
        return change(
                agent,
                id -> {
                    trust.set(id, wanted, arguments.optionalText("name"));
                    if (checked.isPresent()) {
                        trust.pins(id, checked.get());
                    }
                });
    }

    private Value remove(Arguments arguments) throws OperationException {
        AgentId agent = agents.find(arguments.text("agent"));
        if (trust.contact(agent).isEmpty()) {
            throw AgentNames.notFound(agent.hex());
        }
        change(agent, trust::remove);
        return Value.map().put("removed", agent.hex()).build();
    }

    private Value introduce(Arguments arguments) throws OperationException {
        AgentCard card;
        try {
            card = AgentCard.parse(arguments.text("card"));
        } catch (MalformedException e) {
            throw new OperationException(
                    Kind.INVALID,
                    "CARD_MALFORMED",
                    String.valueOf(e.getMessage()),
                    "copy the whole text that 'parley card' prints");
        }
        if (!card.verify(identity.network())) {
            throw new OperationException(
                    Kind.REFUSED,
                    "CARD_SIGNATURE",
                    "the card's signatures do not hold on network " + identity.network(),
                    "ask its owner for a new one, made on the same network");
        }
        change(card.agent(), id -> trust.introduce(id, card.name()));
        return Value.map()
                .put("contact", describe(trust.contact(card.agent()).orElseThrow()))
                .put("addresses", Value.texts(card.addresses()))
                .build();
    }

    private Value change(AgentId agent, Change change) throws OperationException {
        try {
            change.apply(agent);
        } catch (TrustException e) {
            throw new OperationException(
                    Kind.REFUSED, "CONTACT_NOT_CHANGED", String.valueOf(e.getMessage()), "");
        }
        return trust.contact(agent).<Value>map(ContactOperations::describe).orElse(Value.NULL);
    }

    private static Set<MachineId> machines(List<String> texts) throws OperationException {
        Set<MachineId> machines = new LinkedHashSet<>();
        for (String text : texts) {
            try {
                machines.add(MachineId.of(text));
            } catch (IllegalArgumentException e) {
                throw OperationException.invalid(String.valueOf(e.getMessage()), "see GET /peers");
            }
        }
        return machines;
    }

    static Value.Map describe(Contact contact) {
        return Value.map()
                .put("agent", contact.agent().hex())
                .put("words", contact.agent().words())
                .put("name", contact.name())
                .put("level", Levels.name(contact.level()))
                .put(
                        "pins",
                        Value.texts(contact.pins().stream().map(MachineId::hex).sorted().toList()))
                .build();
    }
}
