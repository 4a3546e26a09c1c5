package dev.parley.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads when a container does not start. */
class StartFailureTest {
    @TempDir Path dir;

    @Test
    void theLastCauseOfATraceIsTheReasonWithoutItsClass() {
        assertThat(
                        Diagnosis.lastCause(
                                "java.lang.reflect.InvocationTargetException\n\tat a.B.c(B.java:1)\n"
                                        + "Caused by: a.b.C: outer\n\t... 3 more\n"
                                        + "Caused by: a.b.C$D: key file x: found rw-r--r--\n"))
                .contains("key file x: found rw-r--r--");
    }

    @Test
    void aComponentThatOnlyWaitsForAnotherIsNoReason() {
        assertThat(Diagnosis.lastCause("Unable to get service for reference $000")).isEmpty();
    }

    @Test
    void aDataFolderThatCannotBeSaysWhy() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        FileSystemException no =
                catchThrowableOfType(FileSystemException.class, () -> DataFolder.open(file));
        assertThat(DataFolder.why(no)).isEqualTo(file + " is no folder");
        FileSystemException below =
                catchThrowableOfType(
                        FileSystemException.class, () -> DataFolder.open(file.resolve("sub")));
        assertThat(DataFolder.why(below)).contains(file.toString());
    }

    @Test
    void aFolderThatIsInUseSaysWhoMustStop() throws Exception {
        try (DataFolder first = DataFolder.open(dir.resolve("data"))) {
            assertThatThrownBy(() -> DataFolder.open(first.root()))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("already running")
                    .hasMessageContaining("parley down");
        }
    }
}
