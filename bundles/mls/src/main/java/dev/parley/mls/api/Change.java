package dev.parley.mls.api;

import java.util.List;

/** What one proposal changes, told with who is meant. */
public sealed interface Change {
    record Added(Member member) implements Change {}

    record Removed(Member member) implements Change {}

    /** A member left by itself ({@code self_remove}). */
    record Left(Member member) implements Change {}

    /** A member has new keys, and maybe another credential of the same identity. */
    record Updated(Member before, Member after) implements Change {}

    /** Somebody joined by an external commit; if it replaces a leaf of its own, that is Removed. */
    record Joined(Member member) implements Change {}

    record PskUsed(byte[] encodedId) implements Change {}

    record ExtensionsReplaced(List<MlsExtension> before, List<MlsExtension> after)
            implements Change {}

    /** The group ends and goes on as another. */
    record Reinitialized(byte[] groupId, int cipherSuite, List<MlsExtension> extensions)
            implements Change {}

    /** A proposal of a type that is not known here. */
    record Unknown(int type, byte[] body) implements Change {}
}
