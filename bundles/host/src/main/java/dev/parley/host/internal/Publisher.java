package dev.parley.host.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.direct.api.MerkleTree;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a signed descriptor of a bundle, keeps both and has them announced. */
final class Publisher {
    private final Identity identity;
    private final Storage storage;
    private final Catalog catalog;

    Publisher(Identity identity, Storage storage, Catalog catalog) {
        this.identity = identity;
        this.storage = storage;
        this.catalog = catalog;
    }

    /** Blocks: reads the file, hashes and stores it. */
    Value.Map publish(Path jar, String topic)
            throws RefusedException, IOException, StorageException {
        if (!Topic.valid(topic) || !topic.startsWith("plugins/")) {
            throw new RefusedException(
                    ReasonCode.FAILED,
                    "the topic is '"
                            + topic
                            + "', expected plugins/ and a category, for example plugins/demo");
        }
        if (!Files.isRegularFile(jar)) {
            throw new RefusedException(ReasonCode.NOT_FOUND, "there is no file " + jar);
        }
        if (Files.size(jar) > Descriptor.MAX_JAR_BYTES) {
            throw new RefusedException(
                    ReasonCode.TOO_LARGE,
                    "the bundle has "
                            + Files.size(jar)
                            + " bytes, at most "
                            + Descriptor.MAX_JAR_BYTES);
        }
        BundleLint.Bundle bundle = BundleLint.check(jar);
        byte[] bytes = Files.readAllBytes(jar);
        Hash sha256 = Hash.sha256(bytes);
        SignedRecord signed;
        Descriptor descriptor;
        try {
            signed = sign(bundle, bytes.length, sha256, MerkleTree.of(jar).root());
            descriptor = Descriptor.decode(signed.body());
        } catch (MalformedException e) {
            throw unfit(String.valueOf(e.getMessage()));
        }
        PermissionCheck.check(descriptor);
        storage.blobs().put(bytes);
        Hash hash = Work.await(catalog.publish(signed, new Topic(topic)), Duration.ofSeconds(10));
        return Value.map()
                .put("name", descriptor.name())
                .put("version", descriptor.version())
                .put("sequence", descriptor.sequence())
                .put("descriptor", hash.hex())
                .put("sha256", sha256.hex())
                .put("topic", topic)
                .build();
    }

    private static RefusedException unfit(String why) {
        return new RefusedException(
                ReasonCode.BAD_MANIFEST,
                "what PARLEY-INF/plugin.json says does not fit a descriptor: "
                        + why
                        + "; the limits are those of plugin-descriptor/v1");
    }

    /** The objects of a list in the bundle's manifest; none if there is no list. */
    private static List<Value.Map> objects(Value.Map plugin, String name) throws RefusedException {
        List<Value.Map> objects = new ArrayList<>();
        if (plugin.get(name).orElse(Value.NULL) instanceof Value.List list) {
            for (Value item : list.items()) {
                if (!(item instanceof Value.Map object)) {
                    throw unfit(name + " holds something that is no object");
                }
                objects.add(object);
            }
        }
        return objects;
    }

    private SignedRecord sign(BundleLint.Bundle bundle, long size, Hash sha256, Hash root)
            throws MalformedException, RefusedException {
        Optional<SignedRecord> last = catalog.ownLatest(bundle.bsn());
        long sequence = 1;
        Hash previous = Hash.of(new byte[Hash.BYTES]);
        if (last.isPresent()) {
            Descriptor before = Descriptor.decode(last.get().body());
            if (before.sha256().equals(sha256)) {
                return last.get();
            }
            sequence = before.sequence() + 1;
            previous = Hash.sha256(last.get().encode());
        }
        Value.Map plugin = bundle.plugin();
        List<Descriptor.Permission> permissions = new ArrayList<>();
        for (Value.Map permission : objects(plugin, "permissions")) {
            permissions.add(
                    new Descriptor.Permission(
                            IsolateProcess.text(permission, "permission"),
                            IsolateProcess.text(permission, "reason")));
        }
        List<Value.Map> tools = objects(plugin, "tools");
        byte[] body =
                new Descriptor(
                                bundle.bsn(),
                                bundle.version(),
                                identity.agent(),
                                size,
                                sha256,
                                root,
                                IsolateProcess.text(plugin, "entryClass"),
                                IsolateProcess.text(plugin, "name"),
                                IsolateProcess.text(plugin, "title"),
                                IsolateProcess.text(plugin, "description"),
                                permissions,
                                tools,
                                sequence,
                                previous,
                                Instant.now(),
                                IsolateProcess.text(plugin, "api"))
                        .encode();
        Descriptor.decode(body);
        return new SignedRecord(
                body, identity.agentKey(), identity.signAsAgent(Descriptor.CONTEXT, body));
    }
}
