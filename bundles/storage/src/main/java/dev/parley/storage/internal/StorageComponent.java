package dev.parley.storage.internal;

import dev.parley.storage.api.AppendLog;
import dev.parley.storage.api.BlobStore;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.SecretFiles;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
    private final Set<String> open = new HashSet<>();

    @Activate
    public StorageComponent(StorageConfig config) throws IOException {
        this(Path.of(config.dir()));
    }

    /** For tests and tools that have no framework. */
    public StorageComponent(Path dir) throws IOException {
        this.dir = dir;
        this.blobs = new FileBlobStore(dir);
        sweep();
    }

    @Override
    public BlobStore blobs() {
        return blobs;
    }

    @Override
    public synchronized KeyValueStore keyValue(String name) throws StorageException {
        checkName(name);
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

    static void checkName(String name) {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("a name is [a-z0-9-]{1,64}, found '" + name + "'");
        }
    }

    @Override
    public SecretFiles secrets(String name) {
        checkName(name);
        return new FolderSecretFiles(dir, name);
    }

    private Path logDir(String name) {
        checkName(name);
        return dir.resolve("log").resolve(name);
    }

    @Override
    public AppendLog log(String name, AppendLog.Reader reader) throws StorageException {
        Path place = logDir(name);
        synchronized (this) {
            checkClosed(name);
            open.add(name);
        }
        boolean opened = false;
        try {
            AppendLog log =
                    new FileAppendLog(place, reader) {
                        @Override
                        public void close() throws StorageException {
                            try {
                                super.close();
                            } finally {
                                synchronized (StorageComponent.this) {
                                    open.remove(name);
                                }
                            }
                        }
                    };
            opened = true;
            return log;
        } finally {
            if (!opened) {
                synchronized (this) {
                    open.remove(name);
                }
            }
        }
    }

    private void checkClosed(String name) {
        if (open.contains(name)) {
            throw new IllegalStateException("the log " + name + " is open");
        }
    }

    @Override
    public synchronized void deleteLog(String name) throws StorageException {
        Path place = logDir(name);
        checkClosed(name);
        try {
            if (Files.exists(place)) {
                // Renamed first, so that a crash leaves all of the log or none of it.
                Path gone = Files.createTempDirectory(dir.resolve("log"), ".gone-");
                Files.move(place, gone, StandardCopyOption.ATOMIC_MOVE);
            }
            sweep();
        } catch (IOException e) {
            throw StorageException.of("deleting log " + name, e);
        }
    }

    private void sweep() throws IOException {
        Path logs = dir.resolve("log");
        if (!Files.exists(logs)) {
            return;
        }
        try (Stream<Path> folders = Files.list(logs)) {
            for (Path gone :
                    folders.filter(it -> it.getFileName().toString().startsWith(".gone-"))
                            .toList()) {
                try (Stream<Path> files = Files.walk(gone)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    @Deactivate
    public synchronized void close() throws IOException {
        for (LoggedKeyValueStore store : stores.values()) {
            store.close();
        }
        stores.clear();
    }
}
