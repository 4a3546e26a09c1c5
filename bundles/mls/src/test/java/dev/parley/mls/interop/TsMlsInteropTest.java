package dev.parley.mls.interop;

import dev.parley.mls.internal.suite.Aead;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.EdDsa;
import dev.parley.mls.internal.suite.Kdf;
import dev.parley.mls.internal.suite.MlDsa;
import dev.parley.mls.internal.suite.Sig;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups with members of this library and of ts-mls 1.6.4, an implementation in TypeScript: all
 * suites of the RFC, and its four with X-Wing under the code points that it gave them. Skipped,
 * with the reason, where Node.js or the package cannot be had.
 */
class TsMlsInteropTest {
    private static final Instant NOW = Instant.now();
    private static final CipherSuites SUITES =
            CipherSuites.standard()
                    .with(xwing(83, Aead.AES_256_GCM, EdDsa.ED25519))
                    .with(xwing(84, Aead.CHACHA20_POLY1305, EdDsa.ED25519))
                    .with(xwing(87, Aead.AES_256_GCM, MlDsa.ML_DSA_87))
                    .with(xwing(88, Aead.CHACHA20_POLY1305, MlDsa.ML_DSA_87));

    private static Optional<TsPeer> peer = Optional.empty();

    private static CipherSuite xwing(int id, Aead aead, Sig sig) {
        Kdf kdf = Kdf.HKDF_SHA512;
        return new CipherSuite(id, "ts-mls " + id, new OlderXWing(), kdf, aead, kdf.hash(), sig);
    }

    @BeforeAll
    static void start() throws Exception {
        Optional<String> reason = TsPeer.unavailable();
        if (reason.isPresent()) {
            System.out.println("SKIPPED: TsMlsInteropTest: " + reason.get());
            Assumptions.abort(reason.get());
        }
        peer = Optional.of(TsPeer.start());
    }

    @AfterAll
    static void stop() throws Exception {
        if (peer.isPresent()) {
            peer.get().close();
        }
    }

    private static Journey journey(int suite, long seed) {
        return new Journey(
                (name, ours) ->
                        ours
                                ? new OurMember(name, suite, SUITES, NOW)
                                : new TsMember(peer.orElseThrow(), name, suite, NOW),
                seed);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 83, 84, 87, 88})
    void aGroupThatWeBeginWorksWithTsMls(int suite) throws Exception {
        journey(suite, suite).script(true);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 83, 87})
    void aGroupThatTsMlsBeginsWorksWithUs(int suite) throws Exception {
        journey(suite, suite).script(false);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whateverTheOrderOfStepsBothAgree(long seed) throws Exception {
        journey(seed % 2 == 0 ? 1 : 83, seed).walk(30);
    }
}
