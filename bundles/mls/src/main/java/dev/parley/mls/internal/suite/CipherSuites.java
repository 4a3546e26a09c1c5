package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cipher suites that are known, by code point. Immutable. */
public final class CipherSuites {
    /**
     * X-Wing with Ed25519, for new groups: what is recorded today stays secret from a quantum
     * computer, and messages stay small. A private code point with the algorithms of the first
     * suite of draft-ietf-mls-pq-ciphersuites.
     */
    public static final int XWING_ED25519 = 0xF001;

    /** X-Wing with ML-DSA-65, for those who want signatures of that kind too. */
    public static final int XWING_MLDSA65 = 0xF002;

    /** For a group that nobody asked another suite for. */
    public static final int DEFAULT = XWING_ED25519;

    private final Map<Integer, CipherSuite> byId;

    private CipherSuites(Map<Integer, CipherSuite> byId) {
        this.byId = byId;
    }

    /** The seven of RFC 9420 section 17.1 and our two. */
    public static CipherSuites standard() {
        return new CipherSuites(Map.of())
                .with(
                        suite(
                                1,
                                "X25519_AES128GCM_SHA256_Ed25519",
                                DhKem.X25519,
                                Kdf.HKDF_SHA256,
                                Aead.AES_128_GCM,
                                EdDsa.ED25519))
                .with(
                        suite(
                                2,
                                "P256_AES128GCM_SHA256_P256",
                                DhKem.P256,
                                Kdf.HKDF_SHA256,
                                Aead.AES_128_GCM,
                                EcDsa.P256))
                .with(
                        suite(
                                3,
                                "X25519_CHACHA20POLY1305_SHA256_Ed25519",
                                DhKem.X25519,
                                Kdf.HKDF_SHA256,
                                Aead.CHACHA20_POLY1305,
                                EdDsa.ED25519))
                .with(
                        suite(
                                4,
                                "X448_AES256GCM_SHA512_Ed448",
                                DhKem.X448,
                                Kdf.HKDF_SHA512,
                                Aead.AES_256_GCM,
                                EdDsa.ED448))
                .with(
                        suite(
                                5,
                                "P521_AES256GCM_SHA512_P521",
                                DhKem.P521,
                                Kdf.HKDF_SHA512,
                                Aead.AES_256_GCM,
                                EcDsa.P521))
                .with(
                        suite(
                                6,
                                "X448_CHACHA20POLY1305_SHA512_Ed448",
                                DhKem.X448,
                                Kdf.HKDF_SHA512,
                                Aead.CHACHA20_POLY1305,
                                EdDsa.ED448))
                .with(
                        suite(
                                7,
                                "P384_AES256GCM_SHA384_P384",
                                DhKem.P384,
                                Kdf.HKDF_SHA384,
                                Aead.AES_256_GCM,
                                EcDsa.P384))
                .with(
                        suite(
                                XWING_ED25519,
                                "XWING_AES128GCM_SHA256_Ed25519",
                                XWing.INSTANCE,
                                Kdf.HKDF_SHA256,
                                Aead.AES_128_GCM,
                                EdDsa.ED25519))
                .with(
                        suite(
                                XWING_MLDSA65,
                                "XWING_CHACHA20POLY1305_SHA384_MLDSA65",
                                XWing.INSTANCE,
                                Kdf.HKDF_SHA384,
                                Aead.CHACHA20_POLY1305,
                                MlDsa.ML_DSA_65));
    }

    private static CipherSuite suite(int id, String name, Kem kem, Kdf kdf, Aead aead, Sig sig) {
        return new CipherSuite(id, name, kem, kdf, aead, kdf.hash(), sig);
    }

    /** These and one more, which takes the place of one with the same code point. */
    public CipherSuites with(CipherSuite suite) {
        Map<Integer, CipherSuite> more = new LinkedHashMap<>(byId);
        more.put(suite.id(), suite);
        return new CipherSuites(more);
    }

    public Optional<CipherSuite> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * @throws MlsException UNKNOWN_SUITE
     */
    public CipherSuite require(int id) throws MlsException {
        return find(id).orElseThrow(
                        () ->
                                new MlsException(
                                        Reason.UNKNOWN_SUITE,
                                        "cipher suite " + id + " is not known"));
    }

    public Collection<CipherSuite> all() {
        return List.copyOf(byId.values());
    }
}
