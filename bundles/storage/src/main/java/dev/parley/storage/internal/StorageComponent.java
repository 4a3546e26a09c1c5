package dev.parley.storage.internal;

import dev.parley.storage.api.BlobStore;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** Opens stores on first use and closes them all at the end. */
@Component(
        configurationPid = "dev.parley.storage",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = StorageConfig.class)
public final class StorageComponent implements Storage {
    private final Path dir;
    private final FileBlobStore blobs;
    private final Map<String, LoggedKeyValueStore> stores = new HashMap<>();

    @Activate
    public StorageComponent(StorageConfig config) throws IOException {
        this(Path.of(config.dir()));
    }

    /** For tests and tools that have no framework. */
    public StorageComponent(Path dir) throws IOException {
        this.dir = dir;
        this.blobs = new FileBlobStore(dir);
    }

    @Override
    public BlobStore blobs() {
        return blobs;
    }

    @Override
    public synchronized KeyValueStore keyValue(String name) throws StorageException {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException(
                    "a store's name is [a-z0-9-]{1,64}, found '" + name + "'");
        }
        LoggedKeyValueStore store = stores.get(name);
        if (store == null) {
            try {
                store = new LoggedKeyValueStore(dir.resolve("kv").resolve(name));
            } catch (IOException e) {
                throw StorageException.of("opening store " + name, e);
            }
            stores.put(name, store);
        }
        return store;
    }

    @Deactivate
    public synchronized void close() throws IOException {
        for (LoggedKeyValueStore store : stores.values()) {
            store.close();
        }
        stores.clear();
    }
}
