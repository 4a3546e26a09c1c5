package dev.parley.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The other end of the pipes: gives back each {@value #BYTES} bytes that it gets. */
public final class Echo {
    public static final int BYTES = 64;

    private Echo() {}

    public static void main(String[] words) throws IOException {
        InputStream in = System.in;
        OutputStream out = new java.io.FileOutputStream(java.io.FileDescriptor.out);
        byte[] frame = new byte[BYTES];
        while (in.readNBytes(frame, 0, BYTES) == BYTES) {
            out.write(frame);
        }
    }
}
