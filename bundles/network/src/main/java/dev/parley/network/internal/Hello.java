package dev.parley.network.internal;

import dev.parley.identity.api.Identity;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.Signatures;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;

/**
 * What each end says first: who it is, with both keys' signatures over a value that only this
 * connection has ({@code docs/protocols/0002-network.md}).
 */
record Hello(
        int version,
        String network,
        PublicKey machine,
        PublicKey agent,
        Signature machineProof,
        Signature agentProof,
        String address) {
    static final int VERSION = 1;
    static final int MAX_BYTES = 16_384;
    static final String CONTEXT = "parley.connection.v1";

    /**
     * What a proof is over: the connection, who dialled, both ends' TLS keys and the two keys it
     * binds.
     */
    record Binding(
            byte[] exporter, boolean client, byte[] clientCertificate, byte[] serverCertificate) {
        byte[] body(PublicKey machine, PublicKey agent) {
            return Cbor.encode(
                    Value.map()
                            .put(0, Value.of(VERSION))
                            .put(1, Value.of(exporter))
                            .put(2, Value.of(client))
                            .put(3, Value.of(clientCertificate))
                            .put(4, Value.of(serverCertificate))
                            .put(5, Value.of(machine.machineId().bytes()))
                            .put(6, Value.of(agent.agentId().bytes()))
                            .build());
        }
    }

    static Hello sign(Identity identity, Binding binding, String address) {
        byte[] body = binding.body(identity.machineKey(), identity.agentKey());
        return new Hello(
                VERSION,
                identity.network().name(),
                identity.machineKey(),
                identity.agentKey(),
                identity.signAsMachine(CONTEXT, body),
                identity.signAsAgent(CONTEXT, body),
                address);
    }

    boolean proves(NetworkId ours, Binding binding) {
        byte[] body = binding.body(machine, agent);
        return Signatures.verify(machine, ours, CONTEXT, body, machineProof)
                && Signatures.verify(agent, ours, CONTEXT, body, agentProof);
    }

    byte[] encode() {
        return Cbor.encode(
                Value.map()
                        .put(0, Value.of(version))
                        .put(1, Value.of(network))
                        .put(2, Value.of(machine.encode()))
                        .put(3, Value.of(agent.encode()))
                        .put(4, Value.of(machineProof.encode()))
                        .put(5, Value.of(agentProof.encode()))
                        .put(6, Value.of(address))
                        .build());
    }

    static Hello decode(byte[] bytes) throws MalformedException {
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_BYTES), "hello");
        Hello hello =
                new Hello(
                        (int) fields.integer(0, 1, 1000),
                        fields.text(1, 64),
                        PublicKey.decode(fields.bytes(2, PublicKey.BYTES, PublicKey.BYTES)),
                        PublicKey.decode(fields.bytes(3, PublicKey.BYTES, PublicKey.BYTES)),
                        Signature.decode(fields.bytes(4, Signature.BYTES, Signature.BYTES)),
                        Signature.decode(fields.bytes(5, Signature.BYTES, Signature.BYTES)),
                        fields.text(6, 80));
        fields.end();
        return hello;
    }
}
