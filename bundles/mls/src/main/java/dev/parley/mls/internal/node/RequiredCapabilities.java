package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.List;

/** The content of the {@code required_capabilities} extension (RFC 9420 section 11.1). */
public record RequiredCapabilities(
        List<Integer> extensions, List<Integer> proposals, List<Integer> credentials)
        implements Encodable {
    public RequiredCapabilities {
        extensions = List.copyOf(extensions);
        proposals = List.copyOf(proposals);
        credentials = List.copyOf(credentials);
    }

    public static RequiredCapabilities read(TlsReader in) throws MalformedException {
        return new RequiredCapabilities(
                in.list(TlsReader::u16), in.list(TlsReader::u16), in.list(TlsReader::u16));
    }

    @Override
    public void write(TlsWriter out) {
        out.list(extensions, TlsWriter::u16)
                .list(proposals, TlsWriter::u16)
                .list(credentials, TlsWriter::u16);
    }
}
