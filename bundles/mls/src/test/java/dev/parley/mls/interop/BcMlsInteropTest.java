package dev.parley.mls.interop;

import dev.parley.mls.internal.suite.CipherSuites;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups with members of this library and of BouncyCastle's bcmls 1.84, in all suites of the RFC.
 */
class BcMlsInteropTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static Journey journey(int suite, long seed) {
        return new Journey(
                (name, ours) ->
                        ours
                                ? new OurMember(name, suite, CipherSuites.standard(), NOW)
                                : new BcMember(name, suite),
                seed);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void aGroupThatWeBeginWorksWithBcmls(int suite) throws Exception {
        journey(suite, suite).script(true);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void aGroupThatBcmlsBeginsWorksWithUs(int suite) throws Exception {
        journey(suite, suite).script(false);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverTheOrderOfStepsBothAgree(long seed) throws Exception {
        journey(1 + (int) (seed % 3), seed).walk(40);
    }
}
