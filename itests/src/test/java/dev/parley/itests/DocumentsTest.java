package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.catalog.api.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the documents list is what there is. */
class DocumentsTest {
    @Test
    void everyReasonCodeIsExplained() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "user-guide", "reasons.md"));
        for (ReasonCode code : ReasonCode.values()) {
            assertThat(page).contains("| " + code + " |");
        }
    }
}
