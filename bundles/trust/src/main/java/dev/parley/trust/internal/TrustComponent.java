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
import java.util.concurrent.CopyOnWriteArrayList;
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
    private volatile Map<AgentId, Contact> contacts;

    @Activate
    public TrustComponent(TrustConfig config) throws IOException {
        this(Path.of(config.dir()));
    }

    /** For tests and tools that have no framework. */
    public TrustComponent(Path dir) throws IOException {
        Files.createDirectories(dir);
        this.file = new ContactsFile(dir.resolve("contacts"));
        ContactsFile.Content content = file.read();
        this.contacts = content.contacts();
        this.damage = content.damage();
        damage.ifPresent(text -> LOG.log(System.Logger.Level.ERROR, text));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addListener(TrustListener listener) {
        listeners.add(listener);
    }

    public void removeListener(TrustListener listener) {
        listeners.remove(listener);
    }

    @Override
    public List<Contact> contacts() {
        return List.copyOf(contacts.values());
    }

    @Override
    public Optional<Contact> contact(AgentId agent) {
        return Optional.ofNullable(contacts.get(agent));
    }

    @Override
    public TrustLevel level(AgentId agent) {
        return contact(agent).map(Contact::level).orElse(TrustLevel.UNKNOWN);
    }

    @Override
    public Decision evaluate(AgentId agent, MachineId machine) {
        Contact contact = contacts.get(agent);
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
        Contact old = contact(agent).orElse(new Contact(agent, "", level, Set.of()));
        put(new Contact(agent, name.orElse(old.name()), level, old.pins()));
    }

    @Override
    public void introduce(AgentId agent, String name) throws TrustException {
        Contact old = contact(agent).orElse(new Contact(agent, name, TrustLevel.UNKNOWN, Set.of()));
        TrustLevel level = old.level() == TrustLevel.UNKNOWN ? TrustLevel.KNOWN : old.level();
        put(new Contact(agent, old.name().isEmpty() ? name : old.name(), level, old.pins()));
    }

    @Override
    public void pins(AgentId agent, Set<MachineId> machines) throws TrustException {
        Contact old = contact(agent).orElse(new Contact(agent, "", TrustLevel.UNKNOWN, Set.of()));
        put(new Contact(agent, old.name(), old.level(), machines));
    }

    private void put(Contact contact) throws TrustException {
        if (contact.name().length() > Contact.MAX_NAME_CHARS || contact.pins().size() > 64) {
            throw new TrustException(
                    "a contact has a name of at most "
                            + Contact.MAX_NAME_CHARS
                            + " characters and at most 64 pins");
        }
        change(contact.agent(), Optional.of(contact));
    }

    @Override
    public void remove(AgentId agent) throws TrustException {
        change(agent, Optional.empty());
    }

    private void change(AgentId agent, Optional<Contact> to) throws TrustException {
        synchronized (this) {
            Map<AgentId, Contact> next = new TreeMap<>(contacts);
            next.remove(agent);
            to.ifPresent(contact -> next.put(agent, contact));
            try {
                file.write(next.values());
            } catch (IOException e) {
                throw new TrustException(
                        "the contacts could not be written, nothing was changed: "
                                + e.getMessage());
            }
            contacts = next;
        }
        listeners.forEach(listener -> listener.changed(agent));
    }

    @Override
    public Optional<String> damage() {
        return damage;
    }
}
