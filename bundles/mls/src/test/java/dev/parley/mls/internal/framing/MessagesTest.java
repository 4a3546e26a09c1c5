package dev.parley.mls.internal.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.codec.Vectors;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Node;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.proposal.ProposalOrRef;
import dev.parley.mls.internal.welcome.GroupSecrets;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every structure of the official vectors comes back byte for byte, and nothing else does. */
class MessagesTest {
    private static Encodable encodable(TlsWriter.Element<TlsWriter> writer) {
        return out -> writer.write(out, out);
    }

    private static Decoder<Encodable> proposal(int type) {
        return in -> {
            Proposal proposal = Proposal.readBody(type, in);
            assertThat(proposal.type()).isEqualTo(type);
            return encodable((out, same) -> proposal.writeBody(out));
        };
    }

    private static Map<String, Decoder<? extends Encodable>> decoders() {
        Map<String, Decoder<? extends Encodable>> all = new LinkedHashMap<>();
        all.put("mls_welcome", MlsMessage::read);
        all.put("mls_group_info", MlsMessage::read);
        all.put("mls_key_package", MlsMessage::read);
        all.put(
                "ratchet_tree",
                in -> {
                    List<Optional<Node>> nodes = Node.readTree(in);
                    return encodable((out, same) -> Node.writeTree(out, nodes));
                });
        all.put("group_secrets", GroupSecrets::read);
        all.put("add_proposal", proposal(Proposal.ADD));
        all.put("update_proposal", proposal(Proposal.UPDATE));
        all.put("remove_proposal", proposal(Proposal.REMOVE));
        all.put("pre_shared_key_proposal", proposal(Proposal.PSK));
        all.put("re_init_proposal", proposal(Proposal.REINIT));
        all.put("external_init_proposal", proposal(Proposal.EXTERNAL_INIT));
        all.put("group_context_extensions_proposal", proposal(Proposal.GROUP_CONTEXT_EXTENSIONS));
        all.put("commit", Commit::read);
        all.put("public_message_application", MlsMessage::read);
        all.put("public_message_proposal", MlsMessage::read);
        all.put("public_message_commit", MlsMessage::read);
        all.put("private_message", MlsMessage::read);
        return all;
    }

    @Test
    void everyStructureIsEncodedAsItWas() throws MalformedException {
        for (Vectors.Case each : Vectors.read("messages")) {
            assertThat(each.map().entries()).hasSize(decoders().size());
            for (Map.Entry<String, Decoder<? extends Encodable>> one : decoders().entrySet()) {
                byte[] bytes = each.hex(one.getKey());
                assertThat(Decoder.decode(one.getValue(), bytes, one.getKey()).encode())
                        .as(one.getKey())
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void everyProperPrefixAndAnythingAppendedIsMalformed() {
        Random random = new Random(1);
        for (Vectors.Case each : Vectors.read("messages").subList(0, 40)) {
            for (Map.Entry<String, Decoder<? extends Encodable>> one : decoders().entrySet()) {
                byte[] bytes = each.hex(one.getKey());
                for (int i = 0; i < 8; i++) {
                    byte[] prefix = Arrays.copyOf(bytes, random.nextInt(bytes.length));
                    assertThatThrownBy(() -> Decoder.decode(one.getValue(), prefix, "prefix"))
                            .as(one.getKey())
                            .isInstanceOf(MalformedException.class);
                }
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                longer[bytes.length] = (byte) random.nextInt();
                assertThatThrownBy(() -> Decoder.decode(one.getValue(), longer, "longer"))
                        .as(one.getKey())
                        .isInstanceOfSatisfying(
                                MalformedException.class,
                                e ->
                                        assertThat(e.reason())
                                                .isEqualTo(
                                                        MalformedException.Reason.TRAILING_BYTES));
            }
        }
    }

    @Test
    void mutatedBytesAreMalformedOrTheOneEncodingOfWhatTheySay() {
        Random random = new Random(2);
        int read = 0;
        int refused = 0;
        for (Vectors.Case each : Vectors.read("messages").subList(0, 40)) {
            for (Map.Entry<String, Decoder<? extends Encodable>> one : decoders().entrySet()) {
                byte[] bytes = each.hex(one.getKey());
                for (int i = 0; i < 30; i++) {
                    byte[] mutated = mutate(bytes, random);
                    try {
                        assertThat(Decoder.decode(one.getValue(), mutated, one.getKey()).encode())
                                .isEqualTo(mutated);
                        read++;
                    } catch (MalformedException e) {
                        refused++;
                    }
                }
            }
        }
        assertThat(read).isPositive();
        assertThat(refused).isPositive();
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] mutated = bytes.clone();
        if (mutated.length > 1 && random.nextInt(4) == 0) {
            int at = random.nextInt(mutated.length - 1);
            System.arraycopy(bytes, at + 1, mutated, at, mutated.length - at - 1);
            mutated = Arrays.copyOf(mutated, mutated.length - 1);
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
        }
        return mutated;
    }

    @Test
    void noiseIsMalformedOrTheOneEncodingOfWhatItSays() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            if (noise.length > 4) {
                noise[0] = 0;
                noise[1] = 1;
                noise[2] = 0;
                noise[3] = (byte) (1 + random.nextInt(5));
            }
            try {
                assertThat(MlsMessage.decode(noise).encode()).isEqualTo(noise);
            } catch (MalformedException expected) {
                assertThat(expected.reason()).isNotNull();
            }
        }
    }

    @Test
    void unknownCodePointsAreCarriedFaithfully() throws MalformedException {
        Bytes body = Bytes.wrap(new byte[] {1, 2, 3});
        List<ProposalOrRef> proposals = new ArrayList<>();
        proposals.add(new ProposalOrRef.ByValue(new Proposal.Other(0xF123, body)));
        proposals.add(new ProposalOrRef.ByValue(new Proposal.SelfRemove()));
        proposals.add(new ProposalOrRef.ByRef(body));
        Commit commit = new Commit(proposals, Optional.empty());
        assertThat(Decoder.decode(Commit::read, commit.encode(), "commit")).isEqualTo(commit);

        Credential credential = new Credential.Other(0x0A0A, body);
        assertThat(Decoder.decode(Credential::read, credential.encode(), "credential"))
                .isEqualTo(credential);

        Extension extension = new Extension(0xEAEA, Bytes.EMPTY);
        assertThat(Decoder.decode(Extension::read, extension.encode(), "extension"))
                .isEqualTo(extension);
    }

    @Test
    void selfRemoveIsItsTypeAlone() throws MalformedException {
        assertThat(new Proposal.SelfRemove().encode()).containsExactly(0x00, 0x0A);
        assertThat(Decoder.decode(Proposal::read, new byte[] {0, 10}, "proposal"))
                .isEqualTo(new Proposal.SelfRemove());
    }
}
