package dev.parley.gateway.internal;

import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.host.api.Plugins;
import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A host that writes down what it is asked, and refuses all but the consent to everything. */
final class FakePlugins implements Plugins {
    final List<String> asked = new ArrayList<>();

    private CompletionStage<Value.Map> did(String what) {
        asked.add(what);
        return CompletableFuture.completedStage(Value.map().put("did", what).build());
    }

    @Override
    public CompletionStage<Value.Map> inspect(String ref) {
        return did("inspect " + ref);
    }

    @Override
    public CompletionStage<Value.Map> install(
            String ref, Consent consent, Consumer<Progress> progress) {
        progress.accept(new Progress("looking"));
        progress.accept(new Progress("fetching", 10, 20, 2));
        if (!consent.all()) {
            return CompletableFuture.failedStage(
                    new RefusedException(ReasonCode.CONSENT_REQUIRED, "it asks for storage:64"));
        }
        return did("install " + ref);
    }

    @Override
    public CompletionStage<Value.Map> uninstall(String name) {
        return name.equals("hello")
                ? did("uninstall " + name)
                : CompletableFuture.failedStage(
                        new RefusedException(ReasonCode.NOT_INSTALLED, "no " + name));
    }

    @Override
    public CompletionStage<Value.Map> start(String name) {
        return did("start " + name);
    }

    @Override
    public CompletionStage<Value.Map> stop(String name) {
        return did("stop " + name);
    }

    @Override
    public List<Value.Map> list() {
        return List.of(Value.map().put("name", "hello").build());
    }

    @Override
    public Optional<List<String>> log(String name) {
        return name.equals("hello") ? Optional.of(List.of("a", "b", "c")) : Optional.empty();
    }

    @Override
    public CompletionStage<Value.Map> publish(Path jar, String topic) {
        return did("publish " + jar + " " + topic);
    }

    @Override
    public Value.Map sandbox() {
        return Value.map().put("tier", "S2").put("why", "no bwrap").build();
    }
}
