package dev.parley.trust.internal;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.KeyId;
import dev.parley.identity.api.MachineId;
import dev.parley.trust.api.Contact;
import dev.parley.trust.api.TrustLevel;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** All contacts in one file: {@code u32 CRC32C || CBOR}, replaced as a whole. */
final class ContactsFile {
    private static final int MAX_BYTES = 64 << 20;
    static final int MAX_CONTACTS = 100_000;
    static final int MAX_PINS = 64;

    private final Path file;

    ContactsFile(Path file) {
        this.file = file;
    }

    /** What is kept, one state after another. */
    record Content(Map<AgentId, Contact> contacts, Set<AgentId> revoked) {
        static final Content NONE = new Content(Map.of(), Set.of());
    }

    /** What was read, and what was wrong with it. */
    record Found(Content content, Optional<String> damage) {}

    /**
     * Reads the file; one that cannot be read is kept aside under another name, and that is said.
     */
    Found read() throws IOException {
        if (!Files.exists(file)) {
            return new Found(Content.NONE, earlierDamage());
        }
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new MalformedException(
                        MalformedException.Reason.TOO_LONG,
                        "it has " + size + " bytes, at most " + MAX_BYTES);
            }
            return new Found(decode(Files.readAllBytes(file)), earlierDamage());
        } catch (MalformedException e) {
            Path aside =
                    file.resolveSibling(
                            file.getFileName() + ".damaged-" + System.currentTimeMillis());
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
            return new Found(
                    Content.NONE,
                    Optional.of(
                            "the contacts file was damaged ("
                                    + e.getMessage()
                                    + ") and is kept as "
                                    + aside.getFileName()
                                    + "; no contact, and no block, is known until you restore it"));
        }
    }

    /** A damaged file is spoken of at every start, until somebody has dealt with it. */
    private Optional<String> earlierDamage() throws IOException {
        try (DirectoryStream<Path> aside =
                Files.newDirectoryStream(
                        file.toAbsolutePath().getParent(), file.getFileName() + ".damaged-*")) {
            for (Path path : aside) {
                return Optional.of(
                        "an earlier contacts file was damaged and is kept as "
                                + path.getFileName()
                                + "; contacts and blocks from before that are missing:"
                                + " restore it or delete it");
            }
        }
        return Optional.empty();
    }

    private static int crc(byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }

    private static Content decode(byte[] bytes) throws MalformedException {
        if (bytes.length < 4 || ByteBuffer.wrap(bytes).getInt() != crc(bytes, 4)) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE, "its check sum does not match");
        }
        Fields fields =
                Fields.of(
                        Cbor.decode(
                                java.util.Arrays.copyOfRange(bytes, 4, bytes.length), MAX_BYTES),
                        "contacts");
        fields.integer(0, 1, 1);
        Map<AgentId, Contact> contacts = new TreeMap<>();
        for (Value item : fields.list(1, MAX_CONTACTS)) {
            Fields contact = Fields.of(item, "contact");
            AgentId agent = AgentId.of(contact.bytes(0, KeyId.BYTES, KeyId.BYTES));
            String name = contact.text(1, Contact.MAX_NAME_CHARS);
            TrustLevel level =
                    TrustLevel.values()[
                            (int) contact.integer(2, 0, TrustLevel.values().length - 1)];
            Set<MachineId> pins = new HashSet<>();
            for (Value pin : contact.list(3, MAX_PINS)) {
                if (!(pin instanceof Value.Bytes id) || id.length() != KeyId.BYTES) {
                    throw new MalformedException(
                            MalformedException.Reason.WRONG_TYPE, "a pin is no id");
                }
                pins.add(MachineId.of(id.value()));
            }
            contact.end();
            contacts.put(agent, new Contact(agent, name, level, pins));
        }
        Set<AgentId> revoked = new HashSet<>();
        for (Value item : fields.list(2, MAX_CONTACTS)) {
            if (!(item instanceof Value.Bytes id) || id.length() != KeyId.BYTES) {
                throw new MalformedException(
                        MalformedException.Reason.WRONG_TYPE, "a revoked agent is no id");
            }
            revoked.add(AgentId.of(id.value()));
        }
        fields.end();
        return new Content(contacts, revoked);
    }

    void write(Content content) throws IOException {
        List<Value> items = new ArrayList<>();
        for (Contact contact : content.contacts().values()) {
            items.add(
                    Value.map()
                            .put(0, Value.of(contact.agent().bytes()))
                            .put(1, Value.of(contact.name()))
                            .put(2, Value.of(contact.level().ordinal()))
                            .put(
                                    3,
                                    Value.list(
                                            contact.pins().stream()
                                                    .sorted()
                                                    .map(pin -> Value.of(pin.bytes()))
                                                    .toList()))
                            .build());
        }
        byte[] cbor =
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of(1))
                                .put(1, Value.list(items))
                                .put(
                                        2,
                                        Value.list(
                                                content.revoked().stream()
                                                        .sorted()
                                                        .map(agent -> Value.of(agent.bytes()))
                                                        .toList()))
                                .build());
        if (cbor.length + 4 > MAX_BYTES) {
            throw new IOException("they would need more than " + MAX_BYTES + " bytes");
        }
        ByteBuffer out = ByteBuffer.allocate(cbor.length + 4).putInt(crc(cbor, 0)).put(cbor).flip();
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (out.hasRemaining()) {
                channel.write(out);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true); // the new name survives a power cut too
            }
        }
    }
}
