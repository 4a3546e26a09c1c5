package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.List;
import java.util.Optional;

/** A node that is not blank, as the {@code ratchet_tree} extension has it (section 12.4.3.3). */
public sealed interface Node extends Encodable {
    record Leaf(LeafNode leaf) implements Node {
        @Override
        public void write(TlsWriter out) {
            out.u8(1).put(leaf);
        }
    }

    record Parent(ParentNode parent) implements Node {
        @Override
        public void write(TlsWriter out) {
            out.u8(2).put(parent);
        }
    }

    static Node read(TlsReader in) throws MalformedException {
        int type = in.u8();
        switch (type) {
            case 1:
                return new Leaf(LeafNode.read(in));
            case 2:
                return new Parent(ParentNode.read(in));
            default:
                throw in.unexpected("node type", type);
        }
    }

    /** Reads {@code optional<Node> ratchet_tree<V>}; its shape is checked where a tree is made. */
    static List<Optional<Node>> readTree(TlsReader in) throws MalformedException {
        return in.list(each -> each.<Node>optional(Node::read));
    }

    static void writeTree(TlsWriter out, List<Optional<Node>> nodes) {
        out.list(nodes, TlsWriter::optional);
    }
}
