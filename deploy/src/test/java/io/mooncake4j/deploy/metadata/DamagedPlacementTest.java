package io.mooncake4j.deploy.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooncake4j.master.etcd.AnyEtcd;
import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.etcd.JetcdEtcd;
import io.mooncake4j.master.ha.MasterLife;
import io.mooncake4j.master.journal.Audit;
import io.mooncake4j.master.journal.KeptStore;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What masters do when what lies in a real etcd is damaged, foreign, newer or gone: they say which key, and don't lead. */
class DamagedPlacementTest {
    private static final String BUCKET = "bucket/d7c";
    private static final String ENTRY = "journal/0000000000000000010";
    private static final String NEXT_ENTRY = "journal/0000000000000000014";
    private static final int VERSION_AT = 2;
    private static final int FIRST_RECORD_AT = 24;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Nobody waits for its end: longer than a machine may stand still. */
    private static final Duration LEADER_LEASE = Duration.ofSeconds(20);

    private static AnyEtcd server;
    private static int stores;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final EtcdOptions options =
            server.options().prefix("/damaged/" + stores++ + "/").build();
    private final Etcd etcd = add(JetcdEtcd.open(options));

    @BeforeAll
    static void startEtcd() {
        server = AnyEtcd.open();
    }

    @AfterAll
    static void stopEtcd() {
        server.close();
    }

    @BeforeEach
    void listen() {
        log.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(log);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
        logger().detachAppender(log);
        logger().setLevel(null); // that of its parent again
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(MasterLife.class);
    }

    private <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    private MasterServer master(byte[] secret) {
        return add(MasterServer.start(MasterOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withTimes(MasterTimes.defaults().withReadLease(Duration.ofMillis(200)))
                .withCluster(new ClusterOptions(options, "127.0.0.1:0", LEADER_LEASE, false, secret))));
    }

    private MasterServer master() {
        return master(new byte[0]);
    }

    private void write(String key, byte @Nullable [] value) {
        EtcdTxn txn = value == null ? new EtcdTxn().delete(key) : new EtcdTxn().put(key, value);
        assertThat(etcd.txn(txn).join().succeeded()).isTrue();
    }

    private void writeAll(Map<String, byte[]> store) {
        store.forEach(this::write);
    }

    private long keys() {
        return etcd.range(EtcdRangeQuery.prefix("", 0)).join().entries().size();
    }

    private void wipe() {
        etcd.txn(new EtcdTxn().delete("", EtcdRangeQuery.endOf(""))).join();
    }

    private List<String> said() {
        synchronized (log) { // as it is while it takes a line
            return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        }
    }

    private void awaitSaid(String... words) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(said()).anySatisfy(line -> assertThat(line).contains(words)));
    }

    private static byte[] sealed(byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value, 0, value.length - Integer.BYTES);
        ByteBuffer.wrap(value).putInt(value.length - Integer.BYTES, (int) crc.getValue());
        return value;
    }

    private static byte[] changed(byte[] value, int at, int to) {
        byte[] changed = value.clone();
        changed[at] = (byte) to;
        return changed;
    }

    private static Arguments damage(String what, String key, UnaryOperator<byte @Nullable []> how, String... said) {
        return Arguments.of(what, key, how, said);
    }

    static Stream<Arguments> damages() {
        UnaryOperator<byte[]> gone = value -> null;
        UnaryOperator<byte[]> flipped = value -> changed(value, value.length / 2, value[value.length / 2] ^ 1);
        UnaryOperator<byte[]> newer = value -> sealed(changed(value, VERSION_AT, 2));
        UnaryOperator<byte[]> newerRecord = value -> sealed(changed(value, FIRST_RECORD_AT, 99));
        UnaryOperator<byte[]> foreign = value -> "somebody else's".getBytes(StandardCharsets.UTF_8);
        String[] reset = {"metadata check", "backup", "metadata reset"};
        return Stream.of(
                damage("gap", ENTRY, gone, NEXT_ENTRY, "records 5 to 10", "missing", reset[0], reset[2]),
                damage("last entry", "journal/0000000000000000017", gone, "key head", "ends at record 17", reset[0]),
                damage("damaged entry", ENTRY, flipped, ENTRY, "checksum", reset[0], reset[1], reset[2]),
                damage("damaged bucket", BUCKET, flipped, BUCKET, "checksum", reset[0], reset[1], reset[2]),
                damage("damaged segments", "segments", flipped, "key segments", "checksum", reset[0], reset[2]),
                damage("damaged head", "head", flipped, "key head", "checksum", reset[0], reset[2]),
                damage("damaged meta", "meta", flipped, "key meta", "checksum", reset[0], reset[2]),
                damage("newer record", ENTRY, newerRecord, ENTRY, "type 99", "run a newer mooncake4j"),
                damage("newer entry", ENTRY, newer, ENTRY, "format 2", "run a newer mooncake4j"),
                damage("newer bucket", BUCKET, newer, BUCKET, "format 2", "run a newer mooncake4j"),
                damage("newer segments", "segments", newer, "key segments", "format 2", "run a newer mooncake4j"),
                damage("newer meta", "meta", newer, "key meta", "format 2", "run a newer mooncake4j"),
                damage("part of a bucket", "bucket/3c5r", gone, "bucket/3c5r", "missing", reset[0], reset[2]),
                damage("no segments", "segments", gone, "key segments", "missing", reset[0], reset[2]),
                damage("no head", "head", gone, "key head", "missing", reset[0], reset[2]),
                damage("no meta", "meta", gone, "key meta", "missing", reset[0], reset[2]),
                damage("foreign bucket", BUCKET, foreign, BUCKET, "another program", "--etcd-prefix"),
                damage("foreign meta", "meta", foreign, "key meta", "another program", "--etcd-prefix"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void shouldNameTheKeyAndTheWayOutAndNotLeadWhenSomethingIsWrong(
            String what, String key, UnaryOperator<byte @Nullable []> how, String[] words) {
        Map<String, byte[]> store = KeptStore.ofVersion(1);
        writeAll(store);
        write(key, how.apply(store.get(key)));
        MasterServer master = master();
        awaitSaid(words);
        assertThat(master.serves()).isFalse();
        await("who found it only after the election gives the leadership back")
                .atMost(PATIENCE)
                .until(() -> etcd.range(EtcdRangeQuery.key("leader"))
                        .join()
                        .entries()
                        .isEmpty());
        assertThat(Audit.of(etcd).findings())
                .as("what 'metadata check' says")
                .anySatisfy(finding -> assertThat(
                                "etcd key " + finding.key() + ": " + finding.what() + "; " + finding.wayOut())
                        .contains(words));
    }

    @Test
    void shouldLeadByItselfWhenTheDamageIsMended() {
        Map<String, byte[]> store = KeptStore.ofVersion(1);
        writeAll(store);
        write("head", null);
        MasterServer master = master();
        awaitSaid("key head", "missing");
        write("head", store.get("head"));
        await().atMost(PATIENCE).until(master::serves);
        assertThat(master.core().objects().objectCount()).isEqualTo(6);
    }

    @Test
    void shouldRefuseToLeadWhenTheClusterHasAnotherSecret() {
        MasterServer first = master("a secret of at least thirty-two bytes".getBytes(StandardCharsets.UTF_8));
        await().atMost(PATIENCE).until(first::serves);
        MasterServer other = master("another secret of thirty-two bytes or so".getBytes(StandardCharsets.UTF_8));
        awaitSaid("key meta", "configured secret, and this master has another", "--cluster-secret-file");
        MasterServer without = master();
        awaitSaid("key meta", "configured secret, and this master has none", "--cluster-secret-file");
        assertThat(first.serves()).isTrue();
        assertThat(other.serves() || without.serves()).isFalse();
    }

    @Test
    void shouldLetTheLeaderLeadWhenOnlyAStandbyReadsWhatIsDamaged() {
        writeAll(KeptStore.ofVersion(1));
        MasterServer leader = master();
        await().atMost(PATIENCE).until(leader::serves);
        write(BUCKET, new byte[100]);
        MasterServer standby = master();
        awaitSaid("neither lead nor follow", BUCKET);
        assertThat(leader.serves()).isTrue();
        assertThat(standby.serves()).isFalse();
    }

    @Test
    void shouldStepDownAndStayOutWhenEtcdIsWipedUnderThem() {
        MasterServer leader = master();
        await().atMost(PATIENCE).until(leader::serves);
        MasterServer standby = master();
        awaitSaid("standby with 0 objects as of record 1");
        wipe();
        await().atMost(PATIENCE).until(() -> !leader.serves());
        awaitSaid("key meta", "it is gone, and with it cluster", "restore etcd from a backup", "restart this master");
        await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> keys() == 0);
        assertThat(leader.serves() || standby.serves()).isFalse();

        MasterServer fresh = master();
        await().atMost(PATIENCE).until(fresh::serves);
        awaitSaid("key meta", "it is of cluster", "and this master is of cluster");
        assertThat(leader.serves() || standby.serves()).isFalse();
        assertThat(fresh.serves()).isTrue();
    }
}
