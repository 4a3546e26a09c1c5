package dev.parley.trust.internal;

import dev.parley.gossip.api.MessageGate;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.PeerGate;
import dev.parley.trust.api.Contact;
import dev.parley.trust.api.Decision;
import dev.parley.trust.api.TrustException;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.api.TrustListener;
import dev.parley.trust.api.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/** The decision table, one for every way in: connections and messages ask it as gates. */
@Component(
        service = {TrustStore.class, PeerGate.class, MessageGate.class},
        configurationPid = "dev.parley.trust",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = TrustConfig.class)
public final class TrustComponent implements TrustStore, PeerGate, MessageGate {
    private static final System.Logger LOG = System.getLogger(TrustComponent.class.getName());

    private final ContactsFile file;
    private final Optional<String> damage;
    private final List<TrustListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<ServiceReference<TrustListener>, ComponentServiceObjects<TrustListener>>
            lazy = new ConcurrentHashMap<>();
    private volatile ContactsFile.Content content;

    @Activate
    public TrustComponent(TrustConfig config) throws IOException {
        this(Path.of(config.dir()));
    }

    /** For tests and tools that have no framework. */
    public TrustComponent(Path dir) throws IOException {
        Files.createDirectories(dir);
        this.file = new ContactsFile(dir.resolve("contacts"));
        ContactsFile.Found found = file.read();
        this.content = found.content();
        this.damage = found.damage();
        damage.ifPresent(text -> LOG.log(System.Logger.Level.ERROR, text));
    }

    public void addListener(TrustListener listener) {
        listeners.add(listener);
    }

    public void removeListener(TrustListener listener) {
        listeners.remove(listener);
    }

    /**
     * Listeners are looked up when there is something to tell: many of them use the network, which
     * asks us as a gate while it starts.
     */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindListener(
            ServiceReference<TrustListener> reference,
            ComponentServiceObjects<TrustListener> listener) {
        lazy.put(reference, listener);
    }

    public void unbindListener(ServiceReference<TrustListener> reference) {
        lazy.remove(reference);
    }

    private void tell(AgentId agent) {
        listeners.forEach(listener -> tell(listener, agent));
        for (ComponentServiceObjects<TrustListener> objects : lazy.values()) {
            TrustListener listener = objects.getService();
            if (listener != null) {
                tell(listener, agent);
                objects.ungetService(listener);
            }
        }
    }

    /** One that fails must not keep a block from the others. */
    private static void tell(TrustListener listener, AgentId agent) {
        try {
            listener.changed(agent);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener of trust failed", e);
        }
    }

    @Override
    public List<Contact> contacts() {
        return List.copyOf(content.contacts().values());
    }

    @Override
    public Optional<Contact> contact(AgentId agent) {
        return Optional.ofNullable(content.contacts().get(agent));
    }

    @Override
    public TrustLevel level(AgentId agent) {
        ContactsFile.Content now = content;
        if (now.revoked().contains(agent)) {
            return TrustLevel.BLOCKED;
        }
        Contact contact = now.contacts().get(agent);
        return contact == null ? TrustLevel.UNKNOWN : contact.level();
    }

    @Override
    public Decision evaluate(AgentId agent, MachineId machine) {
        ContactsFile.Content now = content;
        Contact contact = now.contacts().get(agent);
        if (now.revoked().contains(agent)) {
            return Decision.REJECT_BLOCKED;
        }
        if (contact == null) {
            return Decision.UNKNOWN;
        }
        if (contact.level() == TrustLevel.BLOCKED) {
            return Decision.REJECT_BLOCKED;
        }
        if (!contact.pins().isEmpty()) {
            return contact.pins().contains(machine)
                    ? Decision.ACCEPT
                    : Decision.REJECT_MACHINE_MISMATCH;
        }
        return switch (contact.level()) {
            case TRUSTED -> Decision.ACCEPT;
            case KNOWN -> Decision.ACCEPT_WITH_FLAG;
            default -> Decision.UNKNOWN;
        };
    }

    @Override
    public Optional<String> refuse(AgentId agent, MachineId machine) {
        return switch (evaluate(agent, machine)) {
            case REJECT_BLOCKED -> Optional.of("this agent is blocked here");
            case REJECT_MACHINE_MISMATCH ->
                    Optional.of("this agent is pinned to other machines here");
            default -> Optional.empty();
        };
    }

    @Override
    public boolean admit(AgentId author, MachineId machine) {
        return !evaluate(author, machine).rejects();
    }

    @Override
    public void set(AgentId agent, TrustLevel level, Optional<String> name) throws TrustException {
        edit(agent, old -> new Contact(agent, name.orElse(old.name()), level, old.pins()));
    }

    @Override
    public void introduce(AgentId agent, String name) throws TrustException {
        edit(
                agent,
                old ->
                        new Contact(
                                agent,
                                old.name().isEmpty() ? name : old.name(),
                                old.level() == TrustLevel.UNKNOWN ? TrustLevel.KNOWN : old.level(),
                                old.pins()));
    }

    @Override
    public void pins(AgentId agent, Set<MachineId> machines) throws TrustException {
        edit(agent, old -> new Contact(agent, old.name(), old.level(), machines));
    }

    /** Old and new are read and written under one lock, so that no edit undoes a block. */
    private void edit(AgentId agent, UnaryOperator<Contact> edit) throws TrustException {
        change(
                agent,
                (contacts, revoked) -> {
                    Contact next = edit.apply(contacts.getOrDefault(agent, stranger(agent)));
                    if (next.name().length() > Contact.MAX_NAME_CHARS
                            || next.pins().size() > ContactsFile.MAX_PINS) {
                        throw new TrustException(
                                "a contact has a name of at most "
                                        + Contact.MAX_NAME_CHARS
                                        + " characters and at most "
                                        + ContactsFile.MAX_PINS
                                        + " pins");
                    }
                    contacts.put(agent, revoked.contains(agent) ? blocked(next) : next);
                });
    }

    private static Contact stranger(AgentId agent) {
        return new Contact(agent, "", TrustLevel.UNKNOWN, Set.of());
    }

    private static Contact blocked(Contact contact) {
        return new Contact(contact.agent(), contact.name(), TrustLevel.BLOCKED, contact.pins());
    }

    @Override
    public void remove(AgentId agent) throws TrustException {
        change(agent, (contacts, revoked) -> contacts.remove(agent));
    }

    @Override
    public void revoke(AgentId agent) throws TrustException {
        change(
                agent,
                (contacts, revoked) -> {
                    revoked.add(agent);
                    contacts.put(agent, blocked(contacts.getOrDefault(agent, stranger(agent))));
                });
    }

    @Override
    public boolean revoked(AgentId agent) {
        return content.revoked().contains(agent);
    }

    /** What a change does to a copy of the contacts and of the revoked agents. */
    private interface Change {
        void apply(Map<AgentId, Contact> contacts, Set<AgentId> revoked) throws TrustException;
    }

    private void change(AgentId agent, Change change) throws TrustException {
        synchronized (this) {
            Map<AgentId, Contact> contacts = new TreeMap<>(content.contacts());
            Set<AgentId> revoked = new TreeSet<>(content.revoked());
            change.apply(contacts, revoked);
            if (contacts.size() > ContactsFile.MAX_CONTACTS
                    || revoked.size() > ContactsFile.MAX_CONTACTS) {
                throw new TrustException(
                        "there are "
                                + ContactsFile.MAX_CONTACTS
                                + " contacts already; remove some first");
            }
            ContactsFile.Content next = new ContactsFile.Content(contacts, revoked);
            try {
                file.write(next);
            } catch (IOException e) {
                throw new TrustException(
                        "the contacts could not be written, nothing was changed: "
                                + e.getMessage());
            }
            content = next;
        }
        tell(agent);
    }

    @Override
    public Optional<String> damage() {
        return damage;
    }
}
