package dev.parley.storage.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a folder says of its files has to be forced to disk by itself. */
final class Folders {
    private Folders() {}

    /** From here on a file that was made in it, or moved into it, survives a power cut too. */
    static void force(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // elsewhere a folder cannot be opened
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
