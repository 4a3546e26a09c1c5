package dev.parley.identity.api;

/** Proquints (D. Wilkerson, arXiv:0901.4016): 16 bits as one pronounceable word of five letters. */
final class Proquint {
    private static final String CONSONANTS = "bdfghjklmnprstvz";
    private static final String VOWELS = "aiou";

    private Proquint() {}

    static String of(byte[] bytes, int length) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i + 1 < length; i += 2) {
            int bits = (bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff;
            words.append(i == 0 ? "" : "-")
                    .append(CONSONANTS.charAt(bits >>> 12 & 15))
                    .append(VOWELS.charAt(bits >>> 10 & 3))
                    .append(CONSONANTS.charAt(bits >>> 6 & 15))
                    .append(VOWELS.charAt(bits >>> 4 & 3))
                    .append(CONSONANTS.charAt(bits & 15));
        }
        return words.toString();
    }
}
