package dev.parley.stores.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.StoreInfo;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TextMergeTest {
    private static final Id AUTHOR = Id.parse("ab".repeat(32));
    private static final Path TEXT = Path.ROOT.at("text", ObjectType.TEXT);

    private final Replica replica =
            Replica.create(
                    new StoreInfo(
                            "parley.test",
                            AUTHOR,
                            StoreInfo.Mode.OPEN,
                            false,
                            "x",
                            new byte[StoreInfo.NONCE_BYTES]));
    private long clock = 1_800_000_000_000L;

    private void write(Replica.Edit edit) throws RefusedException {
        replica.transact(AUTHOR, clock++, id -> new byte[0], edit);
    }

    private void save(List<Id> began, String after) throws Exception {
        TextMerge merge = TextMerge.of(replica.at(began), "/text", after);
        if (!merge.isEmpty()) {
            write(merge::on);
        }
    }

    private String text() {
        return replica.state().text(TEXT);
    }

    @Test
    void whatAnotherWroteWhileTheEditorWasOpenStays() throws Exception {
        write(it -> it.text(TEXT).insert(0, "The quick brown fox jumps."));
        List<Id> began = replica.heads("");
        write(
                it -> {
                    it.text(TEXT).insert(25, " high");
                    it.text(TEXT).insert(0, "Look! ");
                });
        save(began, "The slow brown fox walks.");
        assertThat(text()).isEqualTo("Look! The slow brown fox walks high.");
    }

    @Test
    void whatAnotherWroteIntoWhatIsRemovedStays() throws Exception {
        write(it -> it.text(TEXT).insert(0, "keep REMOVE keep"));
        List<Id> began = replica.heads("");
        write(it -> it.text(TEXT).insert(8, "[new]"));
        save(began, "keep  keep");
        assertThat(text()).isEqualTo("keep [new] keep");
    }

    @Test
    void whatBothRemovedIsGoneOnce() throws Exception {
        write(it -> it.text(TEXT).insert(0, "one two three"));
        List<Id> began = replica.heads("");
        write(it -> it.text(TEXT).delete(4, 4));
        save(began, "one three four");
        assertThat(text()).isEqualTo("one three four");
    }

    @Property(tries = 500)
    void aloneItBecomesExactlyTheEditedText(
            @ForAll @StringLength(max = 30) @CharRange(from = 'a', to = 'd') String before,
            @ForAll @StringLength(max = 30) @CharRange(from = 'a', to = 'd') String after)
            throws Exception {
        TextMergeTest fresh = new TextMergeTest();
        if (!before.isEmpty()) {
            fresh.write(it -> it.text(TEXT).insert(0, before));
        }
        fresh.save(fresh.replica.heads(""), after);
        assertThat(fresh.text()).isEqualTo(after);
    }
}
