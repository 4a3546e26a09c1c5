package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.schedule.Psks;
import dev.parley.mls.internal.suite.CipherSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks for the pre-shared keys of a commit and combines them (RFC 9420 section 8.4). */
final class PskSecrets {
    private static final int MAX_KEYS = 0xffff;

    private PskSecrets() {}

    /** A source that knows the resumption key of one epoch, and asks another for the rest. */
    static PskSource with(Epoch epoch, PskSource rest) {
        return new PskSource() {
            @Override
            public Optional<byte[]> external(byte[] id) {
                return rest.external(id);
            }

            @Override
            public Optional<byte[]> resumption(byte[] groupId, long number) {
                return epoch.context().groupId().sameAs(groupId)
                                && epoch.context().epoch() == number
                        ? Optional.of(epoch.secrets().resumption().reveal().clone())
                        : rest.resumption(groupId, number);
            }
        };
    }

    /**
     * @throws MlsException UNKNOWN_PSK, or TOO_MANY_PROPOSALS if their number does not fit into the
     *     16 bits that it is told in
     */
    static Secret combine(CipherSuite suite, List<PreSharedKeyId> ids, PskSource source)
            throws MlsException {
        if (ids.size() > MAX_KEYS) {
            throw new MlsException(
                    Reason.TOO_MANY_PROPOSALS,
                    ids.size() + " pre-shared keys, at most " + MAX_KEYS);
        }
        List<Psks.Psk> psks = new ArrayList<>();
        try {
            for (PreSharedKeyId id : ids) {
                psks.add(new Psks.Psk(id, find(id, source)));
            }
            return Psks.combine(suite, psks);
        } finally {
            psks.forEach(each -> each.secret().destroy());
        }
    }

    private static Secret find(PreSharedKeyId id, PskSource source) throws MlsException {
        if (id instanceof PreSharedKeyId.External external) {
            return source.external(external.id().toByteArray())
                    .map(Secret::copyOf)
                    .orElseThrow(() -> unknown("external"));
        }
        PreSharedKeyId.Resumption resumption = (PreSharedKeyId.Resumption) id;
        return source.resumption(resumption.groupId().toByteArray(), resumption.epoch())
                .map(Secret::copyOf)
                .orElseThrow(
                        () ->
                                unknown(
                                        "resumption, epoch "
                                                + Long.toUnsignedString(resumption.epoch())));
    }

    private static MlsException unknown(String what) {
        return new MlsException(Reason.UNKNOWN_PSK, "a pre-shared key is not here: " + what);
    }
}
