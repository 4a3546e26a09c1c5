package dev.parley.host.internal;

import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.host.api.Plugins.Consent;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The checks before a plugin may start, cheap ones first; each stops at the first failure with its
 * code.
 */
final class Admission {
    private static final Duration MAX_SKEW = Duration.ofHours(24);

    private final NetworkId network;
    private final TrustStore trust;
    private final Ledger ledger;

    Admission(NetworkId network, TrustStore trust, Ledger ledger) {
        this.network = network;
        this.trust = trust;
        this.ledger = ledger;
    }

    /** Before anything is fetched. */
    void entry(Entry entry) throws RefusedException {
        if (entry.size() > Descriptor.MAX_JAR_BYTES) {
            throw new RefusedException(
                    ReasonCode.TOO_LARGE,
                    "the bundle has "
                            + entry.size()
                            + " bytes, at most "
                            + Descriptor.MAX_JAR_BYTES);
        }
        if (trust.level(entry.publisher()) == TrustLevel.BLOCKED) {
            throw new RefusedException(
                    ReasonCode.PUBLISHER_BLOCKED, "its publisher is blocked here");
        }
    }

    /** The descriptor itself: form, signatures, sequence, time, API. */
    Descriptor descriptor(Entry entry, SignedRecord signed, Instant now) throws RefusedException {
        Descriptor descriptor;
        try {
            descriptor = Descriptor.decode(signed.body());
        } catch (MalformedException e) {
            throw new RefusedException(
                    ReasonCode.MALFORMED, "the descriptor is malformed: " + e.getMessage());
        }
        if (descriptor.size() > Descriptor.MAX_JAR_BYTES) {
            throw new RefusedException(
                    ReasonCode.TOO_LARGE,
                    "the bundle has "
                            + descriptor.size()
                            + " bytes, at most "
                            + Descriptor.MAX_JAR_BYTES);
        }
        if (!signed.verify(network, Descriptor.CONTEXT)) {
            throw new RefusedException(
                    ReasonCode.BAD_SIGNATURE,
                    "the publisher's two signatures over the descriptor do not both hold");
        }
        if (!signed.signer().agentId().equals(descriptor.publisher())
                || !descriptor.publisher().equals(entry.publisher())) {
            throw new RefusedException(
                    ReasonCode.BAD_SIGNATURE,
                    "it was announced by "
                            + entry.publisher().words()
                            + " and signed by "
                            + signed.signer().agentId().words()
                            + "; these must be one");
        }
        sequence(descriptor, Hash.sha256(signed.encode()));
        if (descriptor.created().isAfter(now.plus(MAX_SKEW))) {
            throw new RefusedException(
                    ReasonCode.CLOCK,
                    "it was made at "
                            + descriptor.created()
                            + ", which is in the future; are the clocks right?");
        }
        if (!descriptor.api().matches("1\\.[0-2]\\.[0-9]+")) {
            throw new RefusedException(
                    ReasonCode.API_UNSUPPORTED,
                    "it needs plugin-api " + descriptor.api() + ", this container has 1.2.0");
        }
        PermissionCheck.check(descriptor);
        return descriptor;
    }

    private void sequence(Descriptor descriptor, Hash hash) throws RefusedException {
        Optional<Ledger.Mark> mark;
        try {
            mark = ledger.mark(descriptor);
        } catch (MalformedException e) {
            throw new RefusedException(
                    ReasonCode.FAILED, "the sequence mark on disk is damaged: " + e.getMessage());
        }
        if (mark.isEmpty()) {
            return;
        }
        long seen = mark.get().sequence();
        Hash seenHash = mark.get().descriptor();
        if (descriptor.sequence() < seen) {
            throw new RefusedException(
                    ReasonCode.ROLLBACK,
                    "its sequence is "
                            + descriptor.sequence()
                            + ", and "
                            + seen
                            + " was installed here before;"
                            + " going back is refused");
        }
        if (descriptor.sequence() == seen && !hash.equals(seenHash)
                || descriptor.sequence() == seen + 1 && !descriptor.previous().equals(seenHash)) {
            throw new RefusedException(
                    ReasonCode.EQUIVOCATION,
                    "its publisher has signed two different descriptors with sequence "
                            + seen
                            + "; ask the publisher, and block it if there is no good answer");
        }
    }

    /** Whether the owner may install this, and what is granted. */
    Set<String> consent(Descriptor descriptor, Consent consent) throws RefusedException {
        TrustLevel level = trust.level(descriptor.publisher());
        if (level == TrustLevel.BLOCKED) {
            throw new RefusedException(
                    ReasonCode.PUBLISHER_BLOCKED, "its publisher is blocked here");
        }
        if (level == TrustLevel.UNKNOWN) {
            throw new RefusedException(
                    ReasonCode.PUBLISHER_UNKNOWN,
                    "its publisher "
                            + descriptor.publisher().words()
                            + " is unknown here; if you know who that is, set it to known or"
                            + " trusted first: parley contacts set "
                            + descriptor.publisher().hex().substring(0, 12)
                            + " known");
        }
        Set<String> asked = asked(descriptor);
        Set<String> granted = new TreeSet<>(asked);
        if (!consent.all()) {
            Set<String> unknown = new TreeSet<>(consent.permissions());
            unknown.removeAll(asked);
            unknown.remove("none");
            if (!unknown.isEmpty()) {
                throw new RefusedException(
                        ReasonCode.CONSENT_REQUIRED,
                        "you grant " + unknown + ", and it asks for " + asked);
            }
            granted.retainAll(consent.permissions());
            if (!asked.isEmpty() && consent.permissions().isEmpty()) {
                throw new RefusedException(
                        ReasonCode.CONSENT_REQUIRED,
                        "it asks for " + asked + "; grant all of it, some of it, or 'none'");
            }
        }
        return granted;
    }

    static Set<String> asked(Descriptor descriptor) {
        return descriptor.permissions().stream()
                .map(Descriptor.Permission::permission)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The bundle, against its own rules and against what its publisher signed. */
    void bundle(Path jar, Descriptor descriptor) throws RefusedException {
        BundleLint.Bundle bundle = BundleLint.check(jar);
        List<String> differences = new ArrayList<>();
        compare(differences, "symbolic name", bundle.bsn(), descriptor.bsn());
        compare(differences, "version", bundle.version(), descriptor.version());
        compare(
                differences,
                "name",
                IsolateProcess.text(bundle.plugin(), "name"),
                descriptor.name());
        compare(
                differences,
                "entry class",
                IsolateProcess.text(bundle.plugin(), "entryClass"),
                descriptor.entryClass());
        Value tools = bundle.plugin().get("tools").orElse(Value.NULL);
        if (!tools.equals(Value.list(descriptor.tools()))) {
            differences.add("the tools differ");
        }
        if (!differences.isEmpty()) {
            throw new RefusedException(
                    ReasonCode.DESCRIPTOR_MISMATCH,
                    "the bundle is not what its descriptor says: "
                            + String.join("; ", differences));
        }
    }

    private static void compare(
            List<String> differences, String what, String bundle, String descriptor) {
        if (!bundle.equals(descriptor)) {
            differences.add(
                    "its "
                            + what
                            + " is '"
                            + bundle
                            + "', the descriptor says '"
                            + descriptor
                            + "'");
        }
    }
}
