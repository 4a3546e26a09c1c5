package dev.parley.mls.api;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** Where pre-shared keys come from (RFC 9420 section 8.4); the caller implements it. */
@ConsumerType
public interface PskSource {
    PskSource NONE =
            new PskSource() {
                @Override
                public Optional<byte[]> external(byte[] id) {
                    return Optional.empty();
                }

                @Override
                public Optional<byte[]> resumption(byte[] groupId, long epoch) {
                    return Optional.empty();
                }
            };

    /** A key shared by other means. */
    Optional<byte[]> external(byte[] id);

    /** {@link GroupState#resumptionPsk()} of that epoch, if it was kept. */
    Optional<byte[]> resumption(byte[] groupId, long epoch);
}
