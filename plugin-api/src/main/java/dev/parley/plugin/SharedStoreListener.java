package dev.parley.plugin;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Told of changes of a store. Called on a thread of the plugin, one change at a time. */
@ConsumerType
public interface SharedStoreListener {
    /**
     * @param author the id of the agent that made the change, in hex; its signature was checked
     * @param paths what it is about
     */
    void changed(String author, List<String> paths);
}
