package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.List;

/** What a client understands (RFC 9420 section 7.2), code points of any meaning. */
public record Capabilities(
        List<Integer> versions,
        List<Integer> cipherSuites,
        List<Integer> extensions,
        List<Integer> proposals,
        List<Integer> credentials)
        implements Encodable {
    public Capabilities {
        versions = List.copyOf(versions);
        cipherSuites = List.copyOf(cipherSuites);
        extensions = List.copyOf(extensions);
        proposals = List.copyOf(proposals);
        credentials = List.copyOf(credentials);
        for (List<Integer> each :
                List.of(versions, cipherSuites, extensions, proposals, credentials)) {
            each.forEach(TlsWriter::requireU16);
        }
    }

    public static Capabilities read(TlsReader in) throws MalformedException {
        return new Capabilities(
                in.list(TlsReader::u16),
                in.list(TlsReader::u16),
                in.list(TlsReader::u16),
                in.list(TlsReader::u16),
                in.list(TlsReader::u16));
    }

    @Override
    public void write(TlsWriter out) {
        out.list(versions, TlsWriter::u16)
                .list(cipherSuites, TlsWriter::u16)
                .list(extensions, TlsWriter::u16)
                .list(proposals, TlsWriter::u16)
                .list(credentials, TlsWriter::u16);
    }
}
