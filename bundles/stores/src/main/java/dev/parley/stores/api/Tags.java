package dev.parley.stores.api;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.stores.api.Documents.Assignment;
import dev.parley.stores.api.StoreException.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Names for versions, kept in the store itself ({@code 0010-crdt-changes}, Tags): each is a
 * register that keeps what all wrote at the same time, so that two who gave one name to different
 * versions both find out.
 */
public final class Tags {
    /** The key of the root under which they are. */
    public static final String KEY = ".tags";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,63}");

    /** What could be meant as a change. */
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{6,}");

    private static final int MAX_HEADS = 64;

    private Tags() {}

    /**
     * @throws StoreException INVALID
     */
    public static Path path(String name) throws StoreException {
        if (!NAME.matcher(name).matches() || DIGITS.matcher(name).matches() || name.equals("now")) {
            throw new StoreException(
                    Code.INVALID,
                    "no tag is called '"
                            + name
                            + "', expected 1 to 64 of a-z, 0-9, '.', '_', '/' and '-', the first a"
                            + " letter or digit; not 'now', and nothing that could be a change's"
                            + " first digits");
        }
        return Path.ROOT.map(KEY).at(name, ObjectType.MULTI_REGISTER);
    }

    /** Whether an object is one of the tags, or all of them, and so no content of the store. */
    public static boolean has(Path object) {
        return !object.segments().isEmpty() && object.segments().get(0).key().equals(KEY);
    }

    /**
     * Each with its version's last changes; with several versions if it was given twice at once.
     */
    public static Map<String, List<List<Id>>> all(State state) {
        Map<String, List<List<Id>>> all = new TreeMap<>();
        Path map = Path.ROOT.map(KEY);
        for (Path.Segment segment : state.keys(map)) {
            if (segment.type() == ObjectType.MULTI_REGISTER
                    && NAME.matcher(segment.key()).matches()
                    && !DIGITS.matcher(segment.key()).matches()) {
                List<List<Id>> versions = versions(state, map.at(segment.key(), segment.type()));
                if (!versions.isEmpty()) {
                    all.put(segment.key(), versions);
                }
            }
        }
        return all;
    }

    /**
     * @return empty if there is none, or the name can be none
     */
    public static List<List<Id>> get(State state, String name) {
        try {
            return versions(state, path(name));
        } catch (StoreException e) {
            return List.of();
        }
    }

    /** What is none of a tag's values is passed over: anybody who may write can write there. */
    private static List<List<Id>> versions(State state, Path path) {
        List<List<Id>> versions = new ArrayList<>();
        for (Scalar value : state.registers(path)) {
            byte[] ids = value instanceof Scalar.Bytes bytes ? bytes.value() : new byte[0];
            List<Id> heads = new ArrayList<>();
            for (int i = 0;
                    i + Id.BYTES <= ids.length && heads.size() <= MAX_HEADS;
                    i += Id.BYTES) {
                heads.add(Id.of(Arrays.copyOfRange(ids, i, i + Id.BYTES)));
            }
            boolean whole = !heads.isEmpty() && ids.length == heads.size() * Id.BYTES;
            if (whole
                    && heads.size() <= MAX_HEADS
                    && heads.equals(List.copyOf(new TreeSet<>(heads)))) {
                versions.add(List.copyOf(heads));
            }
        }
        return versions;
    }

    /**
     * @param heads of the version, 1 to 64
     * @param move whether the tag may name another version already
     * @throws StoreException INVALID, TOO_LARGE
     */
    public static Assignment put(String name, List<Id> heads, boolean move) throws StoreException {
        Path path = path(name);
        if (heads.isEmpty() || heads.size() > MAX_HEADS) {
            throw new StoreException(
                    Code.TOO_LARGE,
                    "a version of "
                            + heads.size()
                            + " last changes, expected 1 to "
                            + MAX_HEADS
                            + "; merge them first");
        }
        byte[] ids = new byte[heads.size() * Id.BYTES];
        int at = 0;
        for (Id head : heads.stream().sorted().toList()) {
            System.arraycopy(head.bytes(), 0, ids, at, Id.BYTES);
            at += Id.BYTES;
        }
        return transaction -> {
            List<List<Id>> before = versions(transaction.state(), path);
            if (!before.isEmpty() && !move) {
                throw new RefusedException(
                        RefusedException.Code.WRONG_STATE,
                        "the tag '" + name + "' is there already; take another name, or move it");
            }
            transaction.set(path, new Scalar.Bytes(ids));
        };
    }

    /**
     * @throws StoreException INVALID
     */
    public static Assignment remove(String name) throws StoreException {
        Path path = path(name);
        return transaction -> {
            if (versions(transaction.state(), path).isEmpty()) {
                throw new RefusedException(
                        RefusedException.Code.NOT_FOUND, "there is no tag '" + name + "'");
            }
            transaction.clear(path);
        };
    }
}
