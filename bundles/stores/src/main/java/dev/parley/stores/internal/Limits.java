package dev.parley.stores.internal;

/**
 * What tests make smaller, so that few changes are as many as too many are.
 *
 * @param indexEvery how many changes come before a new index is made
 * @param summaryBytes what a summary has at most
 */
record Limits(int indexEvery, int summaryBytes) {
    static final Limits USUAL = new Limits(4096, SyncMessage.MAX_SUMMARY_BYTES);
}
