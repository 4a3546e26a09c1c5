package dev.parley.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.catalog.api.Descriptor;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import dev.parley.wire.vectors.Vectors;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
    private static final Vectors VECTORS = Vectors.read("0007-announcement.json");

    /** What a catalog announces: names and addresses are ASCII, the title need not be. */
    @Provide
    Arbitrary<Announcement> announcements() {
        Arbitrary<Hash> hashes =
                Arbitraries.bytes().array(byte[].class).ofSize(Hash.BYTES).map(Hash::of);
        Arbitrary<Announcement> published =
                Combinators.combine(
                                hashes,
                                ascii(128),
                                ascii(64),
                                ascii(40),
                                Arbitraries.strings().ofMaxLength(100).map(AnnouncementTest::text),
                                Arbitraries.longs().between(1, Descriptor.MAX_JAR_BYTES),
                                Arbitraries.longs().greaterOrEqual(1),
                                ascii(80))
                        .as(Announcement.Published::new);
        return Arbitraries.oneOf(
                published, Combinators.combine(hashes, ascii(80)).as(Announcement.Holding::new));
    }

    private static Arbitrary<String> ascii(int maxChars) {
        return Arbitraries.strings().ascii().ofMaxLength(maxChars);
    }

    /** Lone surrogates are no text and have no UTF-8. */
    private static String text(String any) {
        return any.replaceAll("[\\ud800-\\udfff]", "?");
    }

    /** Maps that are nearly an announcement: the right keys, often with the wrong values. */
    @Provide
    Arbitrary<byte[]> nearly() {
        Arbitrary<Value> values =
                Arbitraries.oneOf(
                        Arbitraries.longs().map(Value::of),
                        Arbitraries.integers().between(0, 3).map(it -> Value.of((long) it)),
                        ascii(130).map(Value::of),
                        Arbitraries.of(0, 31, 32, 33).map(length -> Value.of(new byte[length])),
                        Arbitraries.of(Value.NULL, Value.TRUE, Value.list(List.of())));
        return Arbitraries.maps(Arbitraries.longs().between(-2, 10).map(Value::of), values)
                .ofMaxSize(11)
                .map(map -> Cbor.encode(new Value.Map(map)));
    }

    @Property
    void everyAnnouncementComesBack(@ForAll("announcements") Announcement announcement)
            throws MalformedException {
        byte[] bytes = announcement.encode();
        assertThat(bytes.length).isLessThanOrEqualTo(Announcement.MAX_BYTES);
        assertThat(Announcement.decode(bytes)).isEqualTo(announcement);
    }

    @Property
    void everyProperPrefixIsMalformed(
            @ForAll("announcements") Announcement announcement,
            @ForAll @IntRange(max = 99) int percent) {
        byte[] bytes = announcement.encode();
        refused(Arrays.copyOf(bytes, bytes.length * percent / 100));
        refused(Arrays.copyOf(bytes, bytes.length - 1));
    }

    @Property
    void anythingAppendedIsMalformed(
            @ForAll("announcements") Announcement announcement, @ForAll byte more) {
        byte[] bytes = announcement.encode();
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = more;
        assertThat(refused(longer)).isEqualTo(Reason.TRAILING_BYTES);
    }

    private static Reason refused(byte[] bytes) {
        try {
            Announcement.decode(bytes);
        } catch (MalformedException e) {
            return e.reason();
        }
        throw new AssertionError("an announcement of " + bytes.length + " bytes was accepted");
    }

    @Property
    void noiseNeverSurprises(@ForAll byte[] noise) {
        read(noise);
    }

    @Property(tries = 5000)
    void whatIsNearlyAnAnnouncementNeverSurprises(@ForAll("nearly") byte[] bytes) {
        read(bytes);
    }

    @Property(tries = 5000)
    void changedBytesNeverSurprise(
            @ForAll("announcements") Announcement announcement,
            @ForAll @IntRange(max = 1023) int at,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] bytes = announcement.encode();
        bytes[at % bytes.length] ^= (byte) change;
        read(bytes);
    }

    /** Either malformed, or something that comes back. */
    private static void read(byte[] bytes) {
        try {
            Announcement announcement = Announcement.decode(bytes);
            assertThat(Announcement.decode(announcement.encode())).isEqualTo(announcement);
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    private static Value.Map told(Announcement announcement) {
        Value.MapBuilder told = Value.map();
        if (announcement instanceof Announcement.Published it) {
            told.put("kind", "published")
                    .put("descriptor", it.descriptor().hex())
                    .put("address", it.address())
                    .put("bsn", it.bsn())
                    .put("version", it.version())
                    .put("name", it.name())
                    .put("title", it.title())
                    .put("size", it.size())
                    .put("sequence", it.sequence());
        } else if (announcement instanceof Announcement.Holding it) {
            told.put("kind", "holding")
                    .put("descriptor", it.descriptor().hex())
                    .put("address", it.address());
        }
        return told.build();
    }

    @Test
    void theSpecsVectorsMatch() throws MalformedException {
        for (Vectors.Good vector : VECTORS.good()) {
            Announcement announcement = Announcement.decode(vector.bytes());
            assertThat(told(announcement)).as(vector.name()).isEqualTo(vector.fields());
            assertThat(announcement.encode()).as(vector.name()).isEqualTo(vector.bytes());
        }
        for (Vectors.Bad vector : VECTORS.bad()) {
            assertThatThrownBy(() -> Announcement.decode(vector.bytes()))
                    .as(vector.name())
                    .isInstanceOfSatisfying(
                            MalformedException.class,
                            e -> assertThat(e.reason().name()).isEqualTo(vector.reason()))
                    .hasMessage(vector.text());
        }
    }
}
