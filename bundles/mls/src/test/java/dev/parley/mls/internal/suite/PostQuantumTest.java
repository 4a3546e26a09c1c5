package dev.parley.mls.internal.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.node.HpkeCiphertext;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.junit.jupiter.api.Test;

/**
 * The values that draft-ietf-hpke-pq publishes for ML-KEM and X-Wing, long ones as their SHA-256.
 */
class PostQuantumTest {
    private static final Randomness RANDOM = Randomness.of(new SecureRandom());
    private static final byte[] INFO =
            hex("34663634363532303666366532303631323034373732363536333639363136653230353537323665");
    private static final byte[] AAD = hex("436f756e742d30");
    private static final byte[] PLAINTEXT =
            hex(
                    "34323635363137353734373932303639373332303734373237353734363832633230373437323735373436383230363236353631373537343739");
    private static final byte[] EXPORTER_CONTEXT = hex("70736575646f72616e646f6d30");

    private record Published(
            Hpke hpke,
            String ikmE,
            String ikmR,
            String privateKey,
            String publicKeyHash,
            String encHash,
            String sharedSecret,
            String ciphertext,
            String exported) {}

    private static final List<Published> PUBLISHED =
            List.of(
                    new Published(
                            new Hpke(MlKem.ML_KEM_768, Kdf.HKDF_SHA256, Aead.AES_128_GCM),
                            "54274849d6fa9d1c71d658b4bcdec56bba6a4a49e0178fe4639d321920c258c0",
                            "16835630bb0fbe89f7a5605bd673559f4a665773fd52aec4ea0cd4e7509e112ee5f9bbc75753ec5e86665343136139d2e8676ccd973ccf3114732dbae7445cf0",
                            "3530176644619eb968895c1a251e8568e063278a7d9f4314b7d0ad973be2fd0b9560e77a2ca3f07958d782cab43cbae46e16bbc90277545d333e11ddcf18df61",
                            "b058724fd859b4dc182a1dbe76de12093c13c394a07729bf4004c7806f97ae52",
                            "2c1a73d275dd0001e1721c02d46cd2f478e4b24232125105f89cb4ac73dda5e7",
                            "02a5ae918c2061093153b64a9ab0e7fd0557b83c525ae40b5105445562acf451",
                            "f46dae7e4b18a6c14d9d8758d84997e74766bd1f79d59f28e53ee3fd610bbe4616ce1da84f186da448a6b9990c9cb7e299cc744d371116da846aa0346adc53474903e1ce604e7bbeea8a",
                            "9f0882a3779fd74998b9c8ee1009e8bb00ef576b71cda1f0b3ce2a29df7872df"),
                    new Published(
                            new Hpke(MlKem.ML_KEM_1024, Kdf.HKDF_SHA384, Aead.AES_256_GCM),
                            "b79ccf36c6d61fb48511de939a6a23be436eb9c744bdbd3a6aab85bcad61377b",
                            "7544cdff18a3f8789f512337a27b6c68efd145a30ed3dc630f5dcc5ec6932929bce1c023147c48c954fdc213a7c9c0dd8895b8d28ec5c5e44d0b30abf9d8ca47",
                            "f279454d08150d5bd81252001d02e1099f12fb7e9be6da2fe427bbaa2d79b0ab67306c0153c052610c4fdba3fad3435aeb1b65817d442c5c18ce07ea42440005",
                            "045b09f696f517d228b93d275cd20b872ea30d72da15ba15fd17a7b386847d42",
                            "b5b48d7e0cee3cdc9bea2cc728b5c8781834907a542a89c2c8412bd262ab8503",
                            "82e39853d199735aa5bf8fb3fbee412de8b39ae39cbad0bd7326c3cf1f6c6232",
                            "ba95e8b9f0e4379e073383af32ee83594859e83f2ccb767886fc9af7e7610181e6245a732465884ceecbfdb9301b6865e05cc45e3587d0655bddcaf72459649c92db3d0a40f343f9d344",
                            "e35760f027e72a66915f5fa27d59383295a42242af91511563e6f0bd135fce81"),
                    new Published(
                            new Hpke(XWing.INSTANCE, Kdf.HKDF_SHA256, Aead.CHACHA20_POLY1305),
                            "a3a869097e0241158eca5dc6c9e695f9e0d2ee5db51c09c435aab69d56509a43d94ff76d7d47cf79ecf75394261236cec024bd849cc782e14f7f0738af83daed",
                            "0379761fa4f6869592b0d1f9a71eb92b122dc030a7a8858132109f6b1a4bbde4",
                            "b3f98b03126a431ccecc62ae0f68e102c2d8e1cc7b21ba85d821d8e31761e0f8",
                            "120b60e0ae3c00c1c9def1c61aeb12de710bfa49646ae6f99a7e564b25ace493",
                            "3a7ef30fb815e75b7f0f16f5bab5c36250882d94ea0f776cc2241cdd3b36b480",
                            "b90cf181d95351d1091569487caaf6c3434eeb181a2c4c04631980ce139afa67",
                            "ac355d192158cd54250e1702be51e9d2eafe5f9292a9f153e02a2323e1ff071a30947836c38c63c986c28ccf05e00d4e5fe066a48ab8d5b39c69d32da80c93dc868daa0f853a6cbdd640",
                            "74e80a263b1c880d6d71a7525e6ba39ddf1024e53e32765d91db4924d44baff1"));

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(Hash.SHA256.hash(content));
    }

    @Test
    void thePublishedValuesHold() throws MlsException {
        assertThat(PUBLISHED).hasSize(3);
        for (Published each : PUBLISHED) {
            Kem kem = each.hpke().kem();
            KeyPair own = kem.deriveKeyPair(Secret.wrap(hex(each.ikmR())));
            assertThat(own.privateKey().reveal()).isEqualTo(hex(each.privateKey()));
            assertThat(sha256(own.publicKey().array())).isEqualTo(each.publicKeyHash());
            kem.checkPublicKey(own.publicKey());

            byte[] ikmE = hex(each.ikmE());
            int[] at = {0};
            Randomness published =
                    length -> {
                        at[0] += length;
                        return Arrays.copyOfRange(ikmE, at[0] - length, at[0]);
                    };
            Kem.Encapsulation made = kem.encap(own.publicKey(), published);
            assertThat(at[0]).isEqualTo(ikmE.length);
            assertThat(sha256(made.enc())).isEqualTo(each.encHash());
            assertThat(made.sharedSecret().reveal()).isEqualTo(hex(each.sharedSecret()));
            assertThat(kem.decap(made.enc(), own)).isEqualTo(made.sharedSecret());

            HpkeCiphertext sealed =
                    new HpkeCiphertext(Bytes.wrap(made.enc()), Bytes.wrap(hex(each.ciphertext())));
            assertThat(each.hpke().open(own, INFO, AAD, sealed).reveal()).isEqualTo(PLAINTEXT);
            assertThat(
                            each.hpke()
                                    .receiveExport(
                                            own, INFO, EXPORTER_CONTEXT, 32, sealed.kemOutput())
                                    .reveal())
                    .isEqualTo(hex(each.exported()));
        }
    }

    @Test
    void bothSuitesSealOpenExportAndSign() throws MlsException {
        for (int id : new int[] {CipherSuites.XWING_ED25519, CipherSuites.XWING_MLDSA65}) {
            CipherSuite suite = CipherSuites.standard().require(id);
            KeyPair own = suite.kem().generateKeyPair(RANDOM);
            HpkeCiphertext sealed =
                    suite.encryptWithLabel(
                            own.publicKey(), "x", AAD, Secret.copyOf(PLAINTEXT), RANDOM);
            assertThat(suite.decryptWithLabel(own, "x", AAD, sealed).reveal()).isEqualTo(PLAINTEXT);
            assertThatThrownBy(() -> suite.decryptWithLabel(own, "y", AAD, sealed))
                    .isInstanceOf(MlsException.class);
            Hpke.Export sent = suite.hpke().sendExport(own.publicKey(), INFO, AAD, 40, RANDOM);
            assertThat(suite.hpke().receiveExport(own, INFO, AAD, 40, sent.kemOutput()))
                    .isEqualTo(sent.secret());

            KeyPair keys = suite.sig().generateKeyPair(RANDOM);
            assertThat(suite.sig().publicKey(keys.privateKey())).isEqualTo(keys.publicKey());
            Signer signer = suite.signer(keys, RANDOM);
            Bytes signature = Bytes.wrap(suite.signWithLabel(signer, "l", PLAINTEXT));
            assertThat(suite.verifyWithLabel(keys.publicKey(), "l", PLAINTEXT, signature)).isTrue();
            assertThat(suite.verifyWithLabel(keys.publicKey(), "m", PLAINTEXT, signature))
                    .isFalse();
            assertThat(suite.verifyWithLabel(keys.publicKey(), "l", PLAINTEXT, Bytes.EMPTY))
                    .isFalse();
        }
    }

    /** The library's HPKE is another implementation than ours. */
    @Test
    void bouncyCastleOpensWhatWeSealAndTheOtherWayRound() throws Exception {
        for (int id = 1; id <= 7; id++) {
            CipherSuite suite = CipherSuites.standard().require(id);
            HPKE other =
                    new HPKE(
                            HPKE.mode_base,
                            (short) suite.kem().id(),
                            (short) suite.kdf().id(),
                            (short) suite.aead().id());
            Secret ikm = Secret.wrap(RANDOM.bytes(66));
            KeyPair own = suite.kem().deriveKeyPair(ikm);
            AsymmetricCipherKeyPair theirs = other.deriveKeyPair(ikm.reveal());
            assertThat(other.serializePublicKey(theirs.getPublic()))
                    .isEqualTo(own.publicKey().array());
            HpkeCiphertext sealed =
                    suite.hpke().seal(own.publicKey(), INFO, AAD, PLAINTEXT, RANDOM);
            assertThat(
                            other.open(
                                    sealed.kemOutput().array(),
                                    theirs,
                                    INFO,
                                    AAD,
                                    sealed.ciphertext().array(),
                                    null,
                                    null,
                                    null))
                    .isEqualTo(PLAINTEXT);
            byte[][] back = other.seal(theirs.getPublic(), INFO, AAD, PLAINTEXT, null, null, null);
            HpkeCiphertext received = new HpkeCiphertext(Bytes.wrap(back[1]), Bytes.wrap(back[0]));
            assertThat(suite.hpke().open(own, INFO, AAD, received).reveal()).isEqualTo(PLAINTEXT);
        }
    }

    @Test
    void keysOfTheWrongFormAreRefused() {
        for (CipherSuite suite : CipherSuites.standard().all()) {
            Bytes zeros = Bytes.wrap(new byte[suite.kem().publicKeyLength()]);
            for (Bytes bad : List.of(Bytes.EMPTY, Bytes.wrap(new byte[5]))) {
                assertThatThrownBy(() -> suite.kem().checkPublicKey(bad))
                        .isInstanceOf(MlsException.class);
                assertThatThrownBy(() -> suite.kem().encap(bad, RANDOM))
                        .isInstanceOf(MlsException.class);
                assertThatThrownBy(() -> suite.sig().checkPublicKey(bad))
                        .isInstanceOf(MlsException.class);
                assertThat(suite.sig().verify(bad, INFO, bad)).isFalse();
                assertThatThrownBy(
                                () ->
                                        suite.kem()
                                                .decap(
                                                        bad.array(),
                                                        suite.kem().generateKeyPair(RANDOM)))
                        .isInstanceOf(MlsException.class);
            }
            if (suite.kem() == XWing.INSTANCE) {
                byte[] tooLarge = suite.kem().generateKeyPair(RANDOM).publicKey().toByteArray();
                tooLarge[0] = (byte) 0xff;
                tooLarge[1] |= 0x0f;
                assertThatThrownBy(() -> suite.kem().checkPublicKey(Bytes.wrap(tooLarge)))
                        .as("a coefficient above the modulus")
                        .isInstanceOf(MlsException.class);
            }
            if (suite.id() <= 7) {
                assertThatThrownBy(() -> suite.kem().encap(zeros, RANDOM))
                        .as("the neutral element")
                        .isInstanceOf(MlsException.class);
            }
        }
    }
}
