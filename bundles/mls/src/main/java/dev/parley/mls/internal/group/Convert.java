package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Extensions;
import java.util.List;

/** Between the types of the API and those of the wire. Arrays are copied both ways. */
final class Convert {
    private Convert() {}

    static MlsCredential credential(Credential credential) {
        if (credential instanceof Credential.Basic basic) {
            return new MlsCredential(MlsCredential.BASIC, basic.identity().toByteArray());
        }
        if (credential instanceof Credential.X509 x509) {
            return new MlsCredential(
                    MlsCredential.X509,
                    new TlsWriter().list(x509.certificates(), TlsWriter::opaque).toByteArray());
        }
        return new MlsCredential(
                credential.type(), ((Credential.Other) credential).body().toByteArray());
    }

    /**
     * @throws MlsException MALFORMED if an X.509 credential is no list of certificates
     */
    static Credential credential(MlsCredential credential) throws MlsException {
        if (credential.type() == MlsCredential.BASIC) {
            return new Credential.Basic(Bytes.copyOf(credential.body()));
        }
        if (credential.type() == MlsCredential.X509) {
            return new Credential.X509(
                    Decoder.decodeInner(
                            in -> in.list(TlsReader::opaque), credential.body(), "certificates"));
        }
        return new Credential.Other(credential.type(), Bytes.copyOf(credential.body()));
    }

    static List<MlsExtension> extensions(Extensions extensions) {
        return extensions.items().stream()
                .map(each -> new MlsExtension(each.type(), each.data().toByteArray()))
                .toList();
    }

    static Extensions extensions(List<MlsExtension> extensions) {
        return new Extensions(
                extensions.stream()
                        .map(each -> new Extension(each.type(), Bytes.copyOf(each.data())))
                        .toList());
    }
}
