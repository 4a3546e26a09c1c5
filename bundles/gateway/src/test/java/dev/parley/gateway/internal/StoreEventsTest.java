package dev.parley.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.internal.StoresComponent;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.trust.nodes.NobodyElse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events of a store as a program reads them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreEventsTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

    @TempDir java.nio.file.Path dir;
    private final OperationTable table = new OperationTable();
    private final List<Reader> readers = new ArrayList<>();
    private StorageComponent storage;
    private StoresComponent stores;
    private HttpGateway gateway;
    private Id store = Id.parse("00".repeat(32));
    private String token = "";

    @BeforeEach
    void start() throws Exception {
        IdentityComponent identity =
                new IdentityComponent(dir.resolve("id"), new NetworkId("parley.test"), "alice");
        TrustComponent trust = new TrustComponent(dir.resolve("trust"));
        storage = new StorageComponent(dir.resolve("storage"));
        NobodyElse nobody = new NobodyElse();
        FakeNetwork network = new FakeNetwork();
        stores = new StoresComponent(identity, storage, network, nobody, nobody, trust);
        table.addSource(new StoreOperations(identity, stores, trust, network, new FakeCatalog()));
        gateway = new HttpGateway("127.0.0.1:0", dir, "alice", table);
        token = Files.readString(dir.resolve("token")).strip();
        store = get(stores.create("notes", StoreInfo.Mode.OPEN, false)).id();
    }

    @AfterEach
    void stop() throws Exception {
        for (Reader reader : readers) {
            reader.connection.disconnect();
        }
        gateway.stop();
        stores.close();
        storage.close();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Id count() throws Exception {
        return get(stores.commit(store, "", "", it -> it.increment(COUNT, 1)));
    }

    private record Event(String kind, String id, String data) {}

    private static final class Reader {
        private final HttpURLConnection connection;
        private final BufferedReader lines;

        Reader(HttpURLConnection connection) throws IOException {
            this.connection = connection;
            InputStream in =
                    connection.getResponseCode() == 200
                            ? connection.getInputStream()
                            : connection.getErrorStream();
            this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        }

        Event next() throws IOException {
            String kind = "";
            String id = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    kind = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return new Event(kind, id, line.substring(6));
                }
            }
            return new Event("closed", "", "");
        }
    }

    private Reader open(String query, String... headers) throws Exception {
        HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create(
                                        "http://127.0.0.1:"
                                                + gateway.port()
                                                + "/stores/notes/events"
                                                + query)
                                .toURL()
                                .openConnection(Proxy.NO_PROXY);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        for (int i = 0; i < headers.length; i += 2) {
            connection.setRequestProperty(headers[i], headers[i + 1]);
        }
        connection.setReadTimeout(20_000);
        Reader reader = new Reader(connection);
        readers.add(reader);
        return reader;
    }

    @Test
    void eachChangeIsToldOnceInOrderAndFromTheOneThatWasHeardLast() throws Exception {
        Id before = count();
        Reader reader = open("");
        assertThat(reader.connection.getContentType()).isEqualTo("text/event-stream");
        assertThat(reader.next()).isEqualTo(new Event("start", before.hex(), start(before)));
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            made.add(count().hex());
        }
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Event event = reader.next();
            assertThat(event.kind()).isEqualTo("change");
            assertThat(event.data()).contains("\"paths\":[\"/count\"]", "\"own\":true");
            told.add(event.id());
        }
        assertThat(told).isEqualTo(made);
        reader.connection.disconnect();
        Id meanwhile = count();
        Reader again = open("", "Last-Event-ID", told.get(17));
        assertThat(again.next().kind()).isEqualTo("start");
        assertThat(List.of(again.next().id(), again.next().id(), again.next().id()))
                .containsExactly(told.get(18), told.get(19), meanwhile.hex());
        Id onABranch = get(stores.commit(store, "draft", "", it -> it.increment(COUNT, 1)));
        assertThat(again.next().data()).contains(onABranch.hex(), "\"branch\":\"draft\"");
    }

    private static String start(Id id) {
        return "{\"event\":\"start\",\"id\":\"" + id.hex() + "\"}";
    }

    /** Nothing is held for it in memory: it reads from the log when it gets there. */
    @Test
    void aReaderThatIsSlowMissesNothing() throws Exception {
        Reader reader = open("?since=start");
        assertThat(reader.next().kind()).isEqualTo("start");
        int many = 3000;
        for (int i = 0; i < many - 1; i++) {
            stores.commit(store, "", "", it -> it.increment(COUNT, 1));
        }
        Id last = count();
        String heard = "";
        for (int i = 0; i < many; i++) {
            Event event = reader.next();
            assertThat(event.kind()).isEqualTo("change");
            heard = event.id();
        }
        assertThat(heard).isEqualTo(last.hex());
    }

    @Test
    void whoGoesOnFromWhatIsNotHereIsToldThatItLostEventsAndWhereItGoesOn() throws Exception {
        Id now = count();
        Reader reader = open("?since=" + "ab".repeat(32));
        Event lost = reader.next();
        assertThat(lost.kind()).isEqualTo("lost");
        assertThat(lost.id()).isEqualTo(now.hex());
        assertThat(lost.data()).contains("ab".repeat(32), "read the store anew");
        Id next = count();
        assertThat(reader.next().id()).isEqualTo(next.hex());
    }

    /** Compaction puts the log in another order, so that "after that one" is not known any more. */
    @Test
    void whoReadsALogThatIsCompactedIsToldSoAndGoesOnByTheIdOfThat() throws Exception {
        Id first = count();
        Id second = count();
        Reader reader = open("?since=" + first.hex());
        reader.next();
        assertThat(reader.next().id()).isEqualTo(second.hex());
        assertThat(get(stores.compact(store)).givenUp()).isPositive();
        Id third = count();
        Event lost = reader.next();
        assertThat(lost.kind()).isEqualTo("lost");
        assertThat(lost.data()).contains("\"since\":\"" + second.hex());
        Event next = lost.id().startsWith(third.hex()) ? lost : reader.next();
        assertThat(next.id()).startsWith(third.hex() + "-");
        Id fourth = count();
        assertThat(reader.next().id()).startsWith(fourth.hex() + "-");
        Reader again = open("", "Last-Event-ID", next.id());
        assertThat(again.next().kind()).isEqualTo("start");
        assertThat(again.next().id()).startsWith(fourth.hex() + "-");
        assertThat(open("?since=" + third.hex()).next().kind()).isEqualTo("lost");
    }

    @Test
    void eventsEndWithTheStoreAndAfterTheirTime() throws Exception {
        Id now = count();
        Reader timed = open("?seconds=1");
        timed.next();
        assertThat(timed.next())
                .isEqualTo(new Event("result", "", "{\"since\":\"" + now.hex() + "\"}"));
        assertThat(timed.next().kind()).isEqualTo("closed");
        Reader reader = open("");
        reader.next();
        get(stores.leave(store));
        Event end = reader.next();
        assertThat(end.kind()).isEqualTo("error");
        assertThat(end.data()).contains("NO_SUCH_STORE");
    }

    @Test
    void asLinesOfJsonForProgramsThatAskForThose() throws Exception {
        Id now = count();
        Reader reader = open("", "Accept", "application/x-ndjson");
        assertThat(reader.lines.readLine()).isEqualTo("{\"progress\":" + start(now) + "}");
        Id next = count();
        assertThat(reader.lines.readLine()).startsWith("{\"progress\":{\"id\":\"" + next.hex());
    }

    @Test
    void thereAreNoMoreReadersThanThereIsRoomFor() throws Exception {
        List<Reader> open = new ArrayList<>();
        for (int i = 0; i < EventReaders.MAX_STREAMS; i++) {
            Reader reader = open("");
            assertThat(reader.next().kind()).isEqualTo("start");
            open.add(reader);
        }
        Reader refused = open("");
        assertThat(refused.connection.getResponseCode()).isEqualTo(503);
        assertThat(refused.lines.readLine()).contains("BUSY");
        for (Reader reader : open) {
            reader.connection.disconnect();
        }
        // That they left is noticed when something is written to them.
        int status = 503;
        while (status == 503) {
            count();
            status = open("?seconds=1").connection.getResponseCode();
        }
        assertThat(status).isEqualTo(200);
    }
}
