package dev.parley.crdt.api;

import dev.parley.crdt.internal.Reader;
import dev.parley.crdt.internal.Writer;
import java.util.ArrayList;
import java.util.List;

/**
 * How far somebody knows each agent's changes ({@code 0011-store-sync}).
 *
 * @param tips the last change of each line
 */
public record Summary(List<Tip> tips) {
    public static final int MAX_TIPS = 65_536;
    private static final int MAX_BRANCH_BYTES = 64;

    /** An author's last change on a branch; two of one author and branch if it forked. */
    public record Tip(Id author, String branch, int seq, Id change) {}

    public Summary {
        tips = List.copyOf(tips);
    }

    public byte[] encode() {
        Writer out = new Writer(16 + 80 * tips.size());
        out.uint(tips.size());
        for (Tip tip : tips) {
            out.id(tip.author());
            out.text(tip.branch());
            out.uint(tip.seq());
            out.id(tip.change());
        }
        return out.toByteArray();
    }

    public static Summary decode(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        int count = in.count("tips", 0, MAX_TIPS);
        List<Tip> tips = new ArrayList<>(Math.min(count, bytes.length / 66 + 1));
        for (int i = 0; i < count; i++) {
            Id author = in.id();
            String branch = in.text("a branch", 0, MAX_BRANCH_BYTES);
            tips.add(new Tip(author, branch, in.uint(), in.id()));
        }
        in.end();
        return new Summary(tips);
    }
}
