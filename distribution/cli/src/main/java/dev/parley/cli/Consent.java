package dev.parley.cli;

import java.io.Console;

/**
 * Asks whoever sits at the console before something that cannot be taken back. Where nobody sits
 * there, or the answer is for a program, it is refused instead.
 */
final class Consent {
    private final Console console;

    private Consent(Console console) {
        this.console = console;
    }

    /**
     * @param what what needs consent, as the beginning of a sentence
     * @param hint how to give it without being asked
     * @throws CliException CONSENT_REQUIRED if there is nobody to ask
     */
    static Consent of(Target target, String what, String hint) throws CliException {
        Console console = System.console();
        if (target.json || console == null) {
            throw new CliException(
                    CliException.FAILED,
                    "CONSENT_REQUIRED",
                    what + ", and there is nobody to ask here",
                    hint);
        }
        return new Consent(console);
    }

    /** What has to be known before it is asked. */
    void show(String text) {
        console.writer().println(text);
    }

    /**
     * @param refused what is said if the answer is not yes
     * @throws CliException CONSENT_REFUSED then
     */
    void ask(String question, String refused) throws CliException {
        String answer = console.readLine("%s [y/N] ", question);
        if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
            throw new CliException(CliException.FAILED, "CONSENT_REFUSED", refused, "");
        }
    }
}
