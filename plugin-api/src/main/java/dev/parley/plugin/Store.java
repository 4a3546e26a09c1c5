package dev.parley.plugin;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The plugin's own values, kept by the container; they survive a restart and are erased when the
 * plugin is uninstalled. Needs {@link StoragePermission}. Any thread may call; calls block until
 * the container answers.
 */
@ProviderType
public interface Store {
    Optional<byte[]> get(String key) throws PluginException;

    /** When this returns the value is on disk. */
    void put(String key, byte[] value) throws PluginException;

    void delete(String key) throws PluginException;

    /**
     * @return the keys that start with this prefix, in order, at most 1000
     */
    List<String> keys(String prefix) throws PluginException;
}
