package dev.parley.host.internal;

import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.gossip.api.Topic;

/** Whether a plugin asks for what can be granted at all ({@code 0008-plugin-descriptor}). */
final class PermissionCheck {
    private static final int MAX_STORAGE_KIB = 64 << 10;

    private PermissionCheck() {}

    static void check(Descriptor descriptor) throws RefusedException {
        for (Descriptor.Permission asked : descriptor.permissions()) {
            String text = asked.permission();
            int colon = text.indexOf(':');
            String kind = colon < 0 ? text : text.substring(0, colon);
            String what = colon < 0 ? "" : text.substring(colon + 1);
            String expected =
                    switch (kind) {
                        case "storage" ->
                                what.matches("[1-9][0-9]{0,5}")
                                                && Integer.parseInt(what) <= MAX_STORAGE_KIB
                                        ? ""
                                        : "storage: and 1 to " + MAX_STORAGE_KIB + " (KiB)";
                        case "gossip.publish", "gossip.subscribe" ->
                                Topic.validFilter(what)
                                        ? ""
                                        : kind + ": and a topic, or a topic and /*";
                        case "stores", "groups" ->
                                what.length() <= 128
                                                && what.matches(
                                                        "[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*(/\\*)?")
                                        ? ""
                                        : kind + ": and a name, or its first parts and /*";
                        case "tool.call" ->
                                what.matches("[a-z][a-z0-9-]{0,39}")
                                        ? ""
                                        : "tool.call: and the name of a plugin";
                        default ->
                                "storage, stores, groups, gossip.publish, gossip.subscribe or tool.call,"
                                        + " which this container knows";
                    };
            if (!expected.isEmpty()) {
                throw new RefusedException(
                        ReasonCode.API_UNSUPPORTED,
                        "it asks for the permission '" + text + "', expected " + expected);
            }
        }
    }
}
