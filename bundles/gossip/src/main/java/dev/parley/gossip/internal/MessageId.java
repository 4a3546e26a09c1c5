package dev.parley.gossip.internal;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;

/** What a message is called everywhere: its author's certificate id and the sequence under it. */
record MessageId(byte[] certificate, long sequence) {
    static final Comparator<MessageId> ORDER =
            Comparator.comparing(MessageId::certificate, Arrays::compareUnsigned)
                    .thenComparing(MessageId::sequence);

    @Override
    public boolean equals(Object other) {
        return other instanceof MessageId that
                && sequence == that.sequence
                && Arrays.equals(certificate, that.certificate);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(certificate) * 31 + Long.hashCode(sequence);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(certificate) + "-" + sequence;
    }
}
