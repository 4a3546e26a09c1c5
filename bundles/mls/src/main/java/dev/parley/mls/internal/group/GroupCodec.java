package dev.parley.mls.internal.group;

import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.Node;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.tree.PrivateTree;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Saved states. They come from ourselves, sealed by the caller: signatures are not checked again,
 * but nothing in them is believed that could make a later operation misbehave.
 */
final class GroupCodec {
    private static final int VERSION = 1;
    private static final int FULL = 1;
    private static final int LATE = 2;

    private GroupCodec() {}

    static byte[] encode(Epoch epoch, List<Queued.Told> queue) {
        TlsWriter out = new TlsWriter(4096);
        head(
                out,
                FULL,
                epoch.context(),
                epoch.self(),
                epoch.secrets().senderData(),
                epoch.messages());
        out.fixed(epoch.tree().encode());
        out.list(epoch.roster().all(), (to, each) -> to.opaque(each.id().bytes()));
        out.put(epoch.own().leafKey().privateKey());
        out.list(
                List.copyOf(new TreeMap<>(epoch.own().pathKeys()).entrySet()),
                (to, each) -> to.u32(each.getKey()).put(each.getValue().privateKey()));
        EpochSecrets secrets = epoch.secrets();
        out.put(secrets.exporter())
                .put(secrets.external())
                .put(secrets.confirmation())
                .put(secrets.membership())
                .put(secrets.resumption())
                .put(secrets.authenticator())
                .put(secrets.init())
                .opaque(epoch.interim())
                .opaque(epoch.confirmationTag())
                .optional(epoch.ended());
        out.list(queue, (to, each) -> write(to, each.queued()));
        return finished(out);
    }

    static byte[] encodeLate(
            GroupContext context,
            Roster roster,
            int self,
            Secret senderData,
            MessageKeys messages) {
        TlsWriter out = new TlsWriter(4096);
        head(out, LATE, context, self, senderData, messages);
        out.list(
                roster.all(),
                (to, each) ->
                        to.u32(each.leafIndex())
                                .opaque(each.id().bytes())
                                .put(each.credential())
                                .opaque(each.signatureKey()));
        return finished(out);
    }

    private static byte[] finished(TlsWriter out) {
        byte[] bytes = out.toByteArray();
        out.wipe();
        return bytes;
    }

    private static void head(
            TlsWriter out,
            int kind,
            GroupContext context,
            int self,
            Secret senderData,
            MessageKeys messages) {
        out.u8(VERSION).u8(kind).put(context).u32(self).put(senderData);
        messages.write(out);
    }

    private static void write(TlsWriter out, Queued queued) {
        out.put(queued.proposal())
                .put(queued.sender())
                .opaque(queued.reference().orElseThrow())
                .optional(queued.checked().map(id -> to -> to.opaque(id.bytes())))
                .optional(queued.leafKey().map(KeyPair::privateKey));
    }

    /**
     * @throws MlsException MALFORMED, UNKNOWN_SUITE or BAD_KEY
     */
    static GroupState decode(
            Environment environment, byte[] encoded, Collection<byte[]> reservations)
            throws MlsException {
        try {
            List<Reservation> saved = new ArrayList<>();
            for (byte[] each : reservations) {
                saved.add(Reservation.decode(each));
            }
            TlsReader in = TlsReader.of(encoded, "group state");
            GroupState state = new Reading(environment, in, saved).read();
            in.end();
            return state;
        } catch (MalformedException e) {
            throw Decoder.malformed(e);
        }
    }

    /** Reads one state. */
    private static final class Reading {
        private final Environment environment;
        private final TlsReader in;
        private final List<Reservation> reservations;

        Reading(Environment environment, TlsReader in, List<Reservation> reservations) {
            this.environment = environment;
            this.in = in;
            this.reservations = reservations;
        }

        GroupState read() throws MalformedException, MlsException {
            int version = in.u8();
            if (version != VERSION) {
                throw in.unexpected("version", version);
            }
            int kind = in.u8();
            if (kind != FULL && kind != LATE) {
                throw in.unexpected("kind of state", kind);
            }
            GroupContext context = GroupContext.read(in);
            CipherSuite suite = environment.suites().require(context.cipherSuite());
            int self = leaf(in);
            Secret senderData = secret(suite.secretLength());
            Reservation saved = Reservation.read(in);
            EpochKeys keys = EpochKeys.read(in, suite, environment.keyLimits());
            if (self >= keys.leafCount()) {
                throw in.unexpected("own leaf", self);
            }
            MessageKeys messages =
                    new MessageKeys(
                            keys,
                            self,
                            Epoch.reservationId(suite, context.encode(), self),
                            new Sent());
            if (kind == LATE) {
                return late(context, self, senderData, messages);
            }
            messages.restore(saved);
            for (Reservation each : reservations) {
                messages.restore(each);
            }
            return full(suite, context, self, senderData, messages);
        }

        private GroupState late(
                GroupContext context, int self, Secret senderData, MessageKeys messages)
                throws MalformedException, MlsException {
            Roster roster = Roster.EMPTY;
            for (Roster.Known each : in.list(Reading::known)) {
                if (roster.find(each.leafIndex()).isPresent()
                        || roster.find(each.id()).isPresent()) {
                    throw in.unexpected("second leaf", each.leafIndex());
                }
                roster = roster.withBare(each);
            }
            roster.require(self);
            return new LateGroup(environment, context, roster, self, senderData, messages);
        }

        private static Roster.Known known(TlsReader from) throws MalformedException {
            return new Roster.Known(leaf(from), id(from), Credential.read(from), from.opaque());
        }

        private GroupState full(
                CipherSuite suite,
                GroupContext context,
                int self,
                Secret senderData,
                MessageKeys messages)
                throws MalformedException, MlsException {
            RatchetTree tree = RatchetTree.of(suite, Node.readTree(in));
            if (tree.leafCount() != messages.keys().leafCount()
                    || !tree.treeHash().equals(context.treeHash())) {
                throw new MlsException(
                        Reason.TREE_HASH_MISMATCH, "saved state: the tree is another one");
            }
            Roster roster = roster(tree);
            LeafNode leaf = tree.requireMember(self);
            KeyPair leafKey =
                    new KeyPair(leaf.encryptionKey(), secret(suite.kem().privateKeyLength()));
            Map<Integer, KeyPair> path = new TreeMap<>();
            in.list(each -> pathKey(each, tree, path));
            PrivateTree own = new PrivateTree(self, leafKey, path);
            own.verify(tree);
            int length = suite.secretLength();
            EpochSecrets secrets =
                    new EpochSecrets(
                            senderData,
                            Secret.zeros(0),
                            secret(length),
                            secret(length),
                            secret(length),
                            secret(length),
                            secret(length),
                            secret(length),
                            secret(length));
            Epoch epoch =
                    new Epoch(
                            suite,
                            context,
                            context.encode(),
                            tree,
                            roster,
                            own,
                            secrets,
                            in.opaque(),
                            in.opaque(),
                            messages,
                            in.optional(Reading::reinit));
            return Group.of(environment, epoch, queue(epoch));
        }

        private static Proposal.ReInit reinit(TlsReader from) throws MalformedException {
            if (Proposal.read(from) instanceof Proposal.ReInit reinit) {
                return reinit;
            }
            throw from.unexpected("proposal that ended the group", 0);
        }

        private Roster roster(RatchetTree tree) throws MalformedException, MlsException {
            List<MemberId> ids = in.list(Reading::id);
            List<Integer> members = tree.members();
            if (ids.size() != members.size()) {
                throw in.unexpected("number of members", ids.size());
            }
            Roster roster = Roster.EMPTY;
            for (int i = 0; i < ids.size(); i++) {
                LeafNode leaf = tree.requireMember(members.get(i));
                roster = roster.with(Roster.Known.of(members.get(i), ids.get(i), leaf), leaf);
            }
            return roster;
        }

        private static Integer pathKey(TlsReader from, RatchetTree tree, Map<Integer, KeyPair> into)
                throws MalformedException {
            long node = from.u32();
            if (node >= 2L * tree.leafCount() - 1) {
                throw from.unexpected("node", node);
            }
            Bytes publicKey =
                    tree.encryptionKey((int) node)
                            .orElseThrow(() -> from.unexpected("key of the blank node", node));
            int length = tree.suite().kem().privateKeyLength();
            into.put((int) node, new KeyPair(publicKey, secret(from, length)));
            return (int) node;
        }

        /** A proposal that would not be accepted any more is left out. */
        private List<Queued.Told> queue(Epoch epoch) throws MalformedException {
            List<Queued.Told> queue = new ArrayList<>();
            CipherSuite suite = epoch.suite();
            for (Queued each : in.list(from -> queued(from, suite))) {
                try {
                    queue.add(ProposalReader.told(environment, epoch, each));
                } catch (MlsException e) {
                    continue;
                }
            }
            return queue;
        }

        private static Queued queued(TlsReader from, CipherSuite suite) throws MalformedException {
            Proposal proposal = Proposal.read(from);
            return new Queued(
                    proposal,
                    Sender.read(from),
                    Optional.of(from.opaque()),
                    from.optional(Reading::id),
                    from.optional(each -> leafKey(each, proposal, suite)));
        }

        private static KeyPair leafKey(TlsReader from, Proposal proposal, CipherSuite suite)
                throws MalformedException {
            if (!(proposal instanceof Proposal.Update update)) {
                throw from.unexpected("key of a proposal of type", proposal.type());
            }
            return new KeyPair(
                    update.leafNode().encryptionKey(),
                    secret(from, suite.kem().privateKeyLength()));
        }

        private Secret secret(int length) throws MalformedException {
            return secret(in, length);
        }

        private static Secret secret(TlsReader from, int length) throws MalformedException {
            int found = from.length();
            if (found != length) {
                throw from.unexpected("length of a secret", found);
            }
            return Secret.wrap(from.fixed(length));
        }

        private static int leaf(TlsReader from) throws MalformedException {
            long leaf = from.u32();
            if (leaf >= RatchetTree.MAX_LEAVES) {
                throw from.unexpected("leaf", leaf);
            }
            return (int) leaf;
        }

        private static MemberId id(TlsReader from) throws MalformedException {
            Bytes id = from.opaque();
            if (id.length() > 255) {
                throw from.unexpected("length of a member's id", id.length());
            }
            return MemberId.of(id.array());
        }
    }
}
