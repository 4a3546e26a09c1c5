package dev.parley.direct.api;

import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * SHA-256 over 64 KiB chunks: a leaf is {@code H(0x00 || chunk)}, a node {@code H(0x01 || left ||
 * right)}; a last node without a neighbour moves up as it is. Immutable.
 */
public final class MerkleTree {
    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};

    private final List<List<Hash>> levels;

    private MerkleTree(List<Hash> leaves) {
        this.levels = new ArrayList<>();
        List<Hash> level = leaves;
        levels.add(level);
        while (level.size() > 1) {
            List<Hash> above = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                above.add(
                        i + 1 < level.size() ? node(level.get(i), level.get(i + 1)) : level.get(i));
            }
            levels.add(above);
            level = above;
        }
    }

    public static MerkleTree of(Path file) throws IOException {
        List<Hash> leaves = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (byte[] chunk = in.readNBytes(PartialBlob.CHUNK_BYTES);
                    chunk.length > 0;
                    chunk = in.readNBytes(PartialBlob.CHUNK_BYTES)) {
                leaves.add(Hash.sha256(LEAF, chunk));
            }
        }
        if (leaves.isEmpty()) {
            throw new IOException("an empty file has no Merkle tree: " + file);
        }
        return new MerkleTree(leaves);
    }

    private static Hash node(Hash left, Hash right) {
        return Hash.sha256(NODE, left.bytes(), right.bytes());
    }

    public Hash root() {
        return levels.get(levels.size() - 1).get(0);
    }

    public int chunks() {
        return levels.get(0).size();
    }

    /**
     * @return the neighbours on the way from this chunk to the root
     */
    public List<Hash> proof(int chunk) {
        List<Hash> proof = new ArrayList<>();
        int at = chunk;
        for (List<Hash> level : levels.subList(0, levels.size() - 1)) {
            int neighbour = at ^ 1;
            if (neighbour < level.size()) {
                proof.add(level.get(neighbour));
            }
            at >>= 1;
        }
        return proof;
    }

    /**
     * @return whether this is the chunk at that place of the blob with that root and so many chunks
     */
    public static boolean proves(
            Hash root, int chunks, int chunk, byte[] content, List<Hash> proof) {
        if (chunk < 0 || chunk >= chunks) {
            return false;
        }
        Hash hash = Hash.sha256(LEAF, content);
        int at = chunk;
        int used = 0;
        for (int width = chunks; width > 1; width = (width + 1) / 2) {
            int neighbour = at ^ 1;
            if (neighbour < width) {
                if (used >= proof.size()) {
                    return false;
                }
                Hash other = proof.get(used++);
                hash = (at & 1) == 0 ? node(hash, other) : node(other, hash);
            }
            at >>= 1;
        }
        return used == proof.size() && hash.equals(root);
    }
}
