package dev.parley.launcher;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One record as {@code 2026-11-01T12:00:00.123 INFO logger: text}. The JDK's own formatter loads
 * the whole of locale data before the first line.
 */
public final class LogLine extends Formatter {
    @Override
    public String format(LogRecord record) {
        StringWriter line = new StringWriter();
        line.append(
                        record.getInstant()
                                .truncatedTo(ChronoUnit.MILLIS)
                                .atZone(ZoneId.systemDefault())
                                .toLocalDateTime()
                                .toString())
                .append(' ')
                .append(record.getLevel().getName())
                .append(' ')
                .append(record.getLoggerName())
                .append(": ")
                .append(formatMessage(record))
                .append(System.lineSeparator());
        if (record.getThrown() != null) {
            record.getThrown().printStackTrace(new PrintWriter(line, true));
        }
        return line.toString();
    }
}
