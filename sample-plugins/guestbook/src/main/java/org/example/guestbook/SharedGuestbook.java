package org.example.guestbook;

import dev.parley.plugin.Plugin;
import dev.parley.plugin.PluginContext;
import dev.parley.plugin.PluginException;
import dev.parley.plugin.PublishPermission;
import dev.parley.plugin.StoragePermission;
import dev.parley.plugin.SubscribePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Entries are kept in the plugin's store under their time and travel on one topic. The owner may
 * grant storage and refuse the topic: the book then works alone, and says so.
 */
@Plugin(
        name = "guestbook",
        title = "Guestbook",
        description = "A book to sign. Entries appear in the guestbooks of others too.")
@StoragePermission(quotaKiB = 256, reason = "keeps the entries")
@PublishPermission(topics = SharedGuestbook.TOPIC, reason = "sends your entries to others")
@SubscribePermission(topics = SharedGuestbook.TOPIC, reason = "receives the entries of others")
public final class SharedGuestbook implements Guestbook {
    static final String TOPIC = "guestbook/entries";
    private static final int MAX_ENTRIES = 100;

    private final PluginContext context;
    private final String deaf;

    public SharedGuestbook(PluginContext context) {
        this.context = context;
        String why = "";
        try {
            context.subscribe(TOPIC, (topic, author, payload) -> received(author, payload));
        } catch (PluginException e) {
            why = "entries of others do not arrive here: " + explain(e);
            context.log(why);
        }
        this.deaf = why;
    }

    @Override
    public Signed sign(String name, String message) throws PluginException {
        Entry entry = new Entry(context.clock().instant().toString(), name, message);
        byte[] bytes = EntryCodec.encode(UUID.randomUUID(), entry);
        keep(bytes);
        try {
            context.publish(TOPIC, bytes);
            return new Signed(entry, true, "");
        } catch (PluginException e) {
            return new Signed(entry, false, "kept here, but not sent to others: " + explain(e));
        }
    }

    @Override
    public Book list() throws PluginException {
        List<Entry> entries = new ArrayList<>();
        for (String key : context.store().keys("entry/")) {
            Optional<byte[]> bytes = context.store().get(key);
            if (bytes.isPresent()) {
                entries.add(EntryCodec.decode(bytes.get()));
            }
        }
        return new Book(entries, deaf);
    }

    private void received(String author, byte[] payload) {
        try {
            keep(payload);
        } catch (IllegalArgumentException e) {
            context.log("an entry of " + author + " was left out: " + e.getMessage());
        } catch (PluginException e) {
            context.log("an entry of " + author + " could not be kept: " + explain(e));
        }
    }

    /** An entry that is here already stays as it is, whoever sends its key again. */
    private synchronized void keep(byte[] bytes) throws PluginException {
        Instant latest = context.clock().instant().plusSeconds(60);
        String key = EntryCodec.key(bytes, latest);
        if (context.store().get(key).isPresent()) {
            return;
        }
        List<String> keys = context.store().keys("entry/");
        for (int i = 0; i <= keys.size() - MAX_ENTRIES; i++) {
            context.store().delete(keys.get(i));
        }
        context.store().put(key, bytes);
    }

    private static String explain(PluginException e) {
        return e.code().equals(PluginException.PERMISSION_DENIED)
                ? "the permission was not granted (" + e.getMessage() + ")"
                : e.code() + ", " + e.getMessage();
    }
}
