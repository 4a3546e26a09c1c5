package dev.parley.mls.internal.welcome;

import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.wire.api.MalformedException;
import java.util.List;
import java.util.Optional;

/**
 * The secrets that one new member is sent (RFC 9420 section 12.4.3.1).
 *
 * @param pathSecret of the lowest node above both the new member and the committer, if the commit
 *     had a path
 */
public record GroupSecrets(
        Secret joinerSecret, Optional<Secret> pathSecret, List<PreSharedKeyId> psks)
        implements Encodable {
    public GroupSecrets {
        psks = List.copyOf(psks);
    }

    public static GroupSecrets read(TlsReader in) throws MalformedException {
        return new GroupSecrets(
                secret(in), in.optional(GroupSecrets::secret), in.list(PreSharedKeyId::read));
    }

    private static Secret secret(TlsReader in) throws MalformedException {
        return Secret.wrap(in.fixed(in.length()));
    }

    @Override
    public void write(TlsWriter out) {
        out.put(joinerSecret).optional(pathSecret).list(psks);
    }
}
