package dev.parley.mls.internal.group;

import dev.parley.mls.api.IdentityPolicy;
import dev.parley.mls.api.MlsLimits;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.suite.CipherSuites;
import java.util.concurrent.Executor;

/**
 * What the library was made with.
 *
 * @param executor does what is the same for many members
 */
public record Environment(
        CipherSuites suites,
        Randomness random,
        IdentityPolicy policy,
        MlsLimits limits,
        Executor executor) {
    EpochKeys.Limits keyLimits() {
        return new EpochKeys.Limits(
                limits.maxForward(), limits.maxSkipped(), limits.maxSkippedTotal());
    }
}
