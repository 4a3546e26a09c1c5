package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.List;

/** What an owner reads before agreeing: who, what for, and how it is confined. */
final class ConsentScreen {
    private ConsentScreen() {}

    static String text(Value offer) {
        StringBuilder out = new StringBuilder();
        out.append(
                Table.card(
                        offer,
                        "plugin=name",
                        "version=version",
                        "title=title",
                        "about=description",
                        "publisher=publisherWords",
                        "publisher id=publisher",
                        "trust=trust",
                        "bytes=size",
                        "holders=holders",
                        "descriptor=descriptor"));
        out.append("\npermissions  ");
        List<Value> permissions = Tree.list(offer, "permissions");
        if (permissions.isEmpty()) {
            out.append("none: it can compute, and nothing else");
        }
        for (int i = 0; i < permissions.size(); i++) {
            out.append(i == 0 ? "" : "\n             ")
                    .append(Tree.text(permissions.get(i), "permission"))
                    .append(": ")
                    .append(Tree.text(permissions.get(i), "reason"));
        }
        Value sandbox = Tree.at(offer, "sandbox");
        return out.append("\n").append(Table.card(sandbox, "sandbox=tier", "why=why")).toString();
    }
}
