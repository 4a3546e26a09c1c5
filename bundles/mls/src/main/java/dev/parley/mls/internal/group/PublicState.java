package dev.parley.mls.internal.group;

import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.welcome.GroupContext;

/** What an epoch is to those who do not know its secrets too. */
record PublicState(GroupContext context, RatchetTree tree, Roster roster) {
    CipherSuite suite() {
        return tree.suite();
    }
}
