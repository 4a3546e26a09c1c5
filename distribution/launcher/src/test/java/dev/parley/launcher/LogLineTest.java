package dev.parley.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLineTest {
    private static LogRecord record(String message) {
        LogRecord record = new LogRecord(Level.WARNING, message);
        record.setLoggerName("dev.parley.some.Room");
        record.setInstant(Instant.parse("2026-01-02T03:04:05.678901Z"));
        return record;
    }

    @Test
    void aRecordIsOneLineWithItsParametersFilledIn() {
        LogRecord record = record("peer {0} left");
        record.setParameters(new Object[] {"bob"});
        assertThat(new LogLine().format(record))
                .matches(
                        "2026-01-0\\dT\\d\\d:\\d\\d:05\\.678 WARNING dev\\.parley\\.some\\.Room: peer bob left\\R");
    }

    @Test
    void whatWasThrownFollowsWithItsTrace() {
        LogRecord record = record("it failed");
        record.setThrown(new IllegalStateException("on purpose"));
        assertThat(new LogLine().format(record))
                .contains("it failed")
                .contains("java.lang.IllegalStateException: on purpose")
                .contains("\tat dev.parley.launcher.LogLineTest");
    }
}
