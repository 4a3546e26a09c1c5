package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EditorTest {
    private static final Pattern KEPT = Pattern.compile("kept in (\\S+\\.txt)");

    private final List<String> saved = new ArrayList<>();

    private int save(String text) {
        saved.add(text);
        return 0;
    }

    private static Editor writing(String octal) {
        return new Editor("sh -c 'printf \"" + octal + "\" > \"$1\"' x");
    }

    /** Reads the file that a failure names, and removes it. */
    private static String kept(CliException failure) throws IOException {
        Matcher named = KEPT.matcher(failure.hint());
        assertThat(named.find()).as(failure.hint()).isTrue();
        Path file = Path.of(named.group(1));
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.delete(file);
        return text;
    }

    @Test
    void whatWasEditedIsSavedAsItIs() throws Exception {
        assertThat(writing("a\\r\\nb").edit("before", this::save)).isZero();
        assertThat(saved).containsExactly("a\r\nb");
    }

    @Test
    void whatCannotBeSavedIsKept() throws Exception {
        Editor.Save refused =
                text -> {
                    throw new CliException(1, "NOT_ALLOWED", "no", "ask an admin");
                };
        assertThatThrownBy(() -> writing("mine").edit("before", refused))
                .isInstanceOfSatisfying(
                        CliException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo("NOT_ALLOWED");
                            assertThat(e.hint()).contains("ask an admin");
                        })
                .satisfies(e -> assertThat(kept((CliException) e)).isEqualTo("mine"));
    }

    @Test
    void whatIsNoUtf8IsNotSavedAndKept() {
        assertThatThrownBy(() -> writing("\\377").edit("before", this::save))
                .hasMessageContaining("is not UTF-8")
                .satisfies(e -> assertThat(kept((CliException) e)).isEqualTo("\u00ff"));
        assertThat(saved).isEmpty();
    }

    @Test
    void anEditorThatFailsWithoutAnyChangeLeavesNothing() {
        assertThatThrownBy(() -> new Editor("false").edit("before", this::save))
                .hasMessageContaining("ended with 1")
                .satisfies(e -> assertThat(((CliException) e).hint()).doesNotContain("kept in"));
    }

    @Test
    void anEmptyNameIsNoEditor() {
        assertThat(Editor.chosen("", "nano").command()).isEqualTo("nano");
        assertThat(Editor.chosen(null, " ").command()).isEqualTo("vi");
    }
}
