package dev.parley.identity.internal;

import dev.parley.identity.api.AgentCard;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.KeyFileException;
import dev.parley.identity.api.KeyKind;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.SessionCertificate;
import dev.parley.identity.api.SessionSigner;
import dev.parley.identity.api.Signature;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.Designate;

/** The keys of this container, read or made at activation. */
@Component(
        configurationPid = "dev.parley.identity",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = IdentityConfig.class)
public final class IdentityComponent implements Identity {
    private static final Duration RENEW_BEFORE = Duration.ofMinutes(10);

    private final SecretKey machineSecret;
    private final SecretKey agentSecret;
    private final PublicKey machineKey;
    private final PublicKey agentKey;
    private final MachineId machine;
    private final AgentId agent;
    private final NetworkId network;
    private final String name;
    private SessionSigner session;

    @Activate
    public IdentityComponent(IdentityConfig config) throws IOException, KeyFileException {
        this(Path.of(config.dir()), new NetworkId(config.network()), config.name());
    }

    /** For tests and tools that have no framework. */
    public IdentityComponent(Path dir, NetworkId network, String name)
            throws IOException, KeyFileException {
        this.machineSecret = KeyFile.open(dir.resolve("machine.key"), KeyKind.MACHINE);
        this.agentSecret = KeyFile.open(dir.resolve("agent.key"), KeyKind.AGENT);
        this.machineKey = machineSecret.publicKey();
        this.agentKey = agentSecret.publicKey();
        this.machine = machineKey.machineId();
        this.agent = agentKey.agentId();
        this.network = network;
        this.name = name;
        this.session = SessionCertificate.newSession(agentSecret, network, machine, Instant.now());
    }

    @Override
    public NetworkId network() {
        return network;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PublicKey agentKey() {
        return agentKey;
    }

    @Override
    public PublicKey machineKey() {
        return machineKey;
    }

    @Override
    public AgentId agent() {
        return agent;
    }

    @Override
    public MachineId machine() {
        return machine;
    }

    @Override
    public Signature signAsAgent(String context, byte[] body) {
        return agentSecret.sign(network, context, body);
    }

    @Override
    public Signature signAsMachine(String context, byte[] body) {
        return machineSecret.sign(network, context, body);
    }

    @Override
    public synchronized SessionSigner session() {
        Instant now = Instant.now();
        if (!session.certificate().validAt(now.plus(RENEW_BEFORE))) {
            session = SessionCertificate.newSession(agentSecret, network, machine, now);
        }
        return session;
    }

    @Override
    public AgentCard card(List<String> addresses) {
        return AgentCard.sign(agentSecret, machineSecret, network, name, addresses);
    }
}
