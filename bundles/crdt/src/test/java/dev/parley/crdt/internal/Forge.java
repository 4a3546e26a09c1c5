package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes changes as somebody can who holds a key and follows no rule. */
final class Forge {
    final StoreInfo info;

    Forge(StoreInfo info) {
        this.info = info;
    }

    /** A change whose prev, sequence and start fit together. */
    SignedChange write(
            Id author,
            String branch,
            @Nullable SignedChange prev,
            List<SignedChange> builtOn,
            long millis,
            Operation... operations) {
        Change before = prev == null ? null : read(prev);
        return sign(
                new Change(
                        info.id(),
                        author,
                        before == null ? 1 : before.seq() + 1,
                        prev == null ? null : prev.id(),
                        before == null ? 0 : before.start() + before.length(),
                        builtOn.stream().map(SignedChange::id).sorted().toList(),
                        millis << 16,
                        branch,
                        "",
                        List.of(operations)));
    }

    SignedChange write(
            Id author,
            @Nullable SignedChange prev,
            List<SignedChange> builtOn,
            long millis,
            Operation... operations) {
        return write(author, "", prev, builtOn, millis, operations);
    }

    static SignedChange sign(Change change) {
        byte[] body = ChangeCodec.encode(change);
        return new SignedChange(
                body, ("signed " + Sha256.of(body)).getBytes(StandardCharsets.US_ASCII));
    }

    static Change read(SignedChange change) {
        try {
            return ChangeCodec.decode(change.body());
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
