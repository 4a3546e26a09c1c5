package dev.parley.mls.api;

import dev.parley.mls.internal.group.Environment;
import dev.parley.mls.internal.group.Library;
import dev.parley.mls.internal.suite.CipherSuites;
import java.util.concurrent.Executor;

/** Makes an {@link Mls}. */
public final class MlsLibrary {
    private MlsLibrary() {}

    /** With {@link MlsLimits#DEFAULT}, and all work done by the thread that calls. */
    public static Mls of(Randomness random, IdentityPolicy policy) {
        return of(random, policy, MlsLimits.DEFAULT, Runnable::run);
    }

    /**
     * @param executor does what is the same for many members, when a group is joined or many are
     *     added; it may run several tasks at once, and the caller waits for them
     */
    public static Mls of(
            Randomness random, IdentityPolicy policy, MlsLimits limits, Executor executor) {
        return new Library(
                new Environment(CipherSuites.standard(), random, policy, limits, executor));
    }
}
