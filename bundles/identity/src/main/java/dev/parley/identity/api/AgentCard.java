package dev.parley.identity.api;

import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import java.util.Base64;
import java.util.List;

/**
 * How an agent introduces itself: name, machine and addresses, signed by the agent and by the
 * machine. Immutable.
 */
public final class AgentCard {
    public static final String CONTEXT = "parley.card.v1";
    public static final String PREFIX = "parley://card/";
    public static final int MAX_BODY_BYTES = 4096;
    public static final int MAX_BYTES = MAX_BODY_BYTES + 8 + PublicKey.BYTES + 2 * Signature.BYTES;
    public static final int MAX_NAME_CHARS = 64;
    public static final int MAX_ADDRESSES = 8;
    public static final int MAX_ADDRESS_CHARS = 80;

    private final SignedRecord record;
    private final Signature machineSignature;
    private final PublicKey machineKey;
    private final String name;
    private final List<String> addresses;

    private AgentCard(SignedRecord record, Signature machineSignature) throws MalformedException {
        this.record = record;
        this.machineSignature = machineSignature;
        Fields fields = Fields.of(Cbor.decode(record.body(), MAX_BODY_BYTES), "card");
        fields.integer(0, 1, 1);
        this.name = fields.text(1, MAX_NAME_CHARS);
        this.machineKey = PublicKey.decode(fields.bytes(2, PublicKey.BYTES, PublicKey.BYTES));
        this.addresses = fields.texts(3, MAX_ADDRESSES, MAX_ADDRESS_CHARS);
        fields.end();
    }

    public static AgentCard sign(
            SecretKey agent,
            SecretKey machine,
            NetworkId network,
            String name,
            List<String> addresses) {
        byte[] body =
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of(1))
                                .put(1, Value.of(name))
                                .put(2, Value.of(machine.publicKey().encode()))
                                .put(3, Value.texts(addresses))
                                .build());
        try {
            return new AgentCard(
                    new SignedRecord(body, agent.publicKey(), agent.sign(network, CONTEXT, body)),
                    machine.sign(network, CONTEXT, body));
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    public static AgentCard decode(byte[] bytes) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG, "card: " + bytes.length + " bytes, at most " + MAX_BYTES);
        }
        ByteReader in = new ByteReader(bytes, "card");
        AgentCard card =
                new AgentCard(SignedRecord.read(in), Signature.decode(in.bytes(Signature.BYTES)));
        in.end();
        return card;
    }

    /** Reads the {@code parley://card/…} form. */
    public static AgentCard parse(String text) throws MalformedException {
        String trimmed = text.strip();
        if (!trimmed.startsWith(PREFIX) || trimmed.length() > PREFIX.length() + MAX_BYTES * 2) {
            throw new MalformedException(
                    Reason.BAD_VALUE, "card: expected a text that starts with " + PREFIX);
        }
        try {
            return decode(Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length())));
        } catch (IllegalArgumentException e) {
            throw new MalformedException(Reason.BAD_VALUE, "card: not base64url after " + PREFIX);
        }
    }

    public byte[] encode() {
        return new ByteWriter(MAX_BODY_BYTES)
                .bytes(record.encode())
                .bytes(machineSignature.encode())
                .toByteArray();
    }

    public String text() {
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(encode());
    }

    public boolean verify(NetworkId network) {
        return record.verify(network, CONTEXT)
                && Signatures.verify(machineKey, network, CONTEXT, record.body(), machineSignature);
    }

    public AgentId agent() {
        return record.signer().agentId();
    }

    public MachineId machine() {
        return machineKey.machineId();
    }

    public String name() {
        return name;
    }

    public List<String> addresses() {
        return addresses;
    }
}
