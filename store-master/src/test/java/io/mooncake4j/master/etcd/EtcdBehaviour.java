package io.mooncake4j.master.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What the master relies on, of whatever is an {@link Etcd}: the real one and the one of the simulation. */
public abstract class EtcdBehaviour {
    /** Without keys. */
    protected abstract Etcd etcd();

    /** Waits for an answer. */
    protected abstract <T> T answer(CompletableFuture<T> call);

    /** Waits until something is so. */
    protected abstract void until(String what, BooleanSupplier condition);

    protected final EtcdException failure(CompletableFuture<?> call) {
        try {
            Object answer = answer(call);
            throw new AssertionError("it succeeded: " + answer);
        } catch (CompletionException e) {
            return (EtcdException) e.getCause();
        } catch (EtcdException e) {
            return e;
        }
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static String text(EtcdEntry entry) {
        return new String(entry.value(), StandardCharsets.UTF_8);
    }

    protected final long put(String key, String value) {
        EtcdTxnAnswer answer = answer(etcd().txn(new EtcdTxn().put(key, bytes(value))));
        assertThat(answer.succeeded()).isTrue();
        return answer.revision();
    }

    protected final List<EtcdEntry> read(EtcdRangeQuery query) {
        return answer(etcd().range(query)).entries();
    }

    @Test
    void shouldWriteAllWhenAllConditionsHold() {
        EtcdTxnAnswer answer = answer(etcd().txn(new EtcdTxn()
                .ifAbsent("a")
                .ifAbsent("b")
                .put("a", bytes("1"))
                .put("b", bytes("2"))
                .orElseRead("a")));
        assertThat(answer.succeeded()).isTrue();
        assertThat(answer.read()).isEmpty();
        EtcdEntry found = read(EtcdRangeQuery.key("a")).get(0);
        assertThat(text(found)).isEqualTo("1");
        assertThat(found.key()).isEqualTo("a");
        assertThat(found.createRevision()).isEqualTo(answer.revision());
        assertThat(found.modRevision()).isEqualTo(answer.revision());
        assertThat(read(EtcdRangeQuery.prefix("", 0)))
                .extracting(EtcdEntry::key)
                .containsExactly("a", "b");
    }

    @Test
    void shouldWriteNothingAndReadWhenOneConditionFails() {
        put("a", "1");
        EtcdTxnAnswer answer = answer(etcd().txn(new EtcdTxn()
                .ifAbsent("b")
                .ifAbsent("a")
                .put("a", bytes("2"))
                .put("b", bytes("2"))
                .orElseRead("a")
                .orElseRead("b")));
        assertThat(answer.succeeded()).isFalse();
        assertThat(answer.read())
                .extracting(EtcdEntry::key, EtcdBehaviour::text)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("a", "1"));
        assertThat(read(EtcdRangeQuery.prefix("", 0)))
                .extracting(EtcdBehaviour::text)
                .containsExactly("1");
    }

    @Test
    void shouldTellApartCreatedAndModifiedWhenAKeyWasWrittenTwice() {
        long created = put("a", "1");
        long modified = put("a", "2");
        assertThat(modified).isGreaterThan(created);
        assertThat(answer(etcd().txn(new EtcdTxn().ifCreatedAt("a", modified).put("x", bytes(""))))
                        .succeeded())
                .isFalse();
        assertThat(answer(etcd().txn(new EtcdTxn().ifModifiedAt("a", created).put("x", bytes(""))))
                        .succeeded())
                .isFalse();
        assertThat(answer(etcd().txn(new EtcdTxn()
                                .ifCreatedAt("a", created)
                                .ifModifiedAt("a", modified)
                                .put("x", bytes(""))))
                        .succeeded())
                .isTrue();
    }

    @Test
    void shouldCountAKeyAsNewWhenItWasDeletedMeanwhile() {
        long first = put("a", "1");
        answer(etcd().txn(new EtcdTxn().delete("a")));
        assertThat(read(EtcdRangeQuery.key("a"))).isEmpty();
        long second = put("a", "2");
        assertThat(read(EtcdRangeQuery.key("a")).get(0).createRevision())
                .isEqualTo(second)
                .isNotEqualTo(first);
    }

    @Test
    void shouldDeleteFromAndBelowTheEndWhenARangeIsDeleted() {
        for (String key : List.of("j/1", "j/2", "j/3", "k")) {
            put(key, key);
        }
        answer(etcd().txn(new EtcdTxn().delete("j/1", "j/3")));
        assertThat(read(EtcdRangeQuery.prefix("", 0)))
                .extracting(EtcdEntry::key)
                .containsExactly("j/3", "k");
    }

    @Test
    void shouldReadThePastWhenARevisionIsAsked() {
        long first = put("a", "1");
        put("a", "2");
        put("b", "3");
        assertThat(read(EtcdRangeQuery.prefix("", first)))
                .extracting(EtcdBehaviour::text)
                .containsExactly("1");
        assertThat(text(read(EtcdRangeQuery.keyAt("a", first)).get(0))).isEqualTo("1");
    }

    @Test
    void shouldReadInPagesWhenThereIsALimit() {
        for (int i = 0; i < 5; i++) {
            put("p/" + i, "v" + i);
        }
        EtcdRange first = answer(etcd().range(EtcdRangeQuery.prefix("p/", 0).limitedTo(3)));
        assertThat(first.entries()).extracting(EtcdEntry::key).containsExactly("p/0", "p/1", "p/2");
        assertThat(first.more()).isTrue();
        put("p/9", "later");
        EtcdRange second = answer(
                etcd().range(new EtcdRangeQuery("p/2\0", EtcdRangeQuery.endOf("p/"), 3, first.revision(), true)));
        assertThat(second.entries()).extracting(EtcdEntry::key).containsExactly("p/3", "p/4");
        assertThat(second.entries())
                .allSatisfy(entry -> assertThat(entry.value()).isEmpty());
        assertThat(second.more()).isFalse();
    }

    @Test
    void shouldRefuseReadsOfThePastWhenItIsCompacted() {
        long old = put("a", "1");
        put("a", "2");
        long now = put("a", "3");
        answer(etcd().compact(now));
        assertThat(failure(etcd().range(EtcdRangeQuery.keyAt("a", old))).kind()).isEqualTo(Kind.COMPACTED);
        assertThat(failure(etcd().compact(old)).kind()).isEqualTo(Kind.COMPACTED);
        assertThat(text(read(EtcdRangeQuery.keyAt("a", now)).get(0))).isEqualTo("3");
    }

    /** Afterwards who watches another key would have heard of it, too. */
    private void putAndBeTold(String key) {
        long since = put(key, "before");
        CompletableFuture<?> told = etcd().changed(List.of(key), since);
        put(key, "after");
        answer(told);
    }

    @Test
    void shouldTellWhenAWatchedKeyIsWrittenOrDeleted() {
        long since = put("a", "1");
        CompletableFuture<?> change = etcd().changed(List.of("a", "b"), since);
        putAndBeTold("c");
        assertThat(change).isNotDone();
        long second = put("b", "1");
        answer(change);
        CompletableFuture<?> deletion = etcd().changed(List.of("a", "b"), second);
        putAndBeTold("c");
        assertThat(deletion).isNotDone();
        answer(etcd().txn(new EtcdTxn().delete("a")));
        answer(deletion);
    }

    @Test
    void shouldTellWhenTheLeaseOfAWatchedKeyEnds() {
        EtcdLease lease = answer(etcd().grantLease(Duration.ofSeconds(1)));
        EtcdTxnAnswer written = answer(etcd().txn(new EtcdTxn().put("leader", bytes("me"), lease.id())));
        CompletableFuture<?> end = etcd().changed(List.of("leader"), written.revision());
        until("the end of the lease", end::isDone);
        assertThat(read(EtcdRangeQuery.key("leader"))).isEmpty();
    }

    @Test
    void shouldTellAtOnceWhenAWatchedKeyHasChangedAlready() {
        long since = put("a", "1");
        long last = put("a", "2");
        answer(etcd().changed(List.of("a"), since));
        answer(etcd().compact(put("b", "3")));
        answer(etcd().changed(List.of("a"), since)); // nobody knows any more
        CompletableFuture<?> change = etcd().changed(List.of("a"), last + 1);
        putAndBeTold("b");
        assertThat(change).isNotDone();
    }

    @Test
    void shouldDropTheKeyWhenItsLeaseEnds() {
        EtcdLease lease = answer(etcd().grantLease(Duration.ofSeconds(1)));
        assertThat(lease.timeToLive()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        answer(etcd().txn(new EtcdTxn().put("leader", bytes("me"), lease.id())));
        assertThat(read(EtcdRangeQuery.key("leader")).get(0).leaseId()).isEqualTo(lease.id());
        until("the end of the lease", () -> read(EtcdRangeQuery.key("leader")).isEmpty());
        assertThat(failure(etcd().keepAliveOnce(lease.id())).kind()).isEqualTo(Kind.LEASE_NOT_FOUND);
        assertThat(failure(etcd().txn(new EtcdTxn().put("leader", bytes("me"), lease.id())))
                        .kind())
                .isEqualTo(Kind.LEASE_NOT_FOUND);
    }

    @Test
    void shouldKeepTheKeyWhenTheLeaseIsKeptAlive() {
        EtcdLease kept = answer(etcd().grantLease(Duration.ofSeconds(1)));
        EtcdLease left = answer(etcd().grantLease(Duration.ofSeconds(1)));
        answer(etcd().txn(new EtcdTxn().put("kept", bytes(""), kept.id()).put("left", bytes(""), left.id())));
        until("the end of the other lease", () -> {
            assertThat(answer(etcd().keepAliveOnce(kept.id()))).isEqualTo(kept.timeToLive());
            return read(EtcdRangeQuery.key("left")).isEmpty();
        });
        assertThat(read(EtcdRangeQuery.key("kept"))).hasSize(1);
    }

    @Test
    void shouldDropTheKeyAtOnceWhenTheLeaseIsRevoked() {
        EtcdLease lease = answer(etcd().grantLease(Duration.ofMinutes(1)));
        answer(etcd().txn(new EtcdTxn().put("leader", bytes("me"), lease.id())));
        answer(etcd().revokeLease(lease.id()));
        assertThat(read(EtcdRangeQuery.key("leader"))).isEmpty();
        assertThat(failure(etcd().revokeLease(lease.id())).kind()).isEqualTo(Kind.LEASE_NOT_FOUND);
    }

    @Test
    void shouldRefuseWhenOneTransactionWritesAKeyTwice() {
        assertThat(failure(etcd().txn(new EtcdTxn().put("a", bytes("1")).put("a", bytes("2"))))
                        .kind())
                .isEqualTo(Kind.REFUSED);
        assertThat(failure(etcd().txn(new EtcdTxn().put("a", bytes("1")).delete("a", "b")))
                        .kind())
                .isEqualTo(Kind.REFUSED);
        assertThat(read(EtcdRangeQuery.key("a"))).isEmpty();
    }

    @Test
    void shouldRefuseWhenAReadIsOfTheFuture() {
        long now = put("a", "1");
        assertThat(failure(etcd().range(EtcdRangeQuery.keyAt("a", now + 1_000_000)))
                        .kind())
                .isEqualTo(Kind.REFUSED);
    }

    @Test
    void shouldWriteNothingWhenTheLeaseOfOneKeyIsUnknown() {
        EtcdTxn txn = new EtcdTxn().put("a", bytes("1")).put("b", bytes("2"), 77);
        assertThat(failure(etcd().txn(txn)).kind()).isEqualTo(Kind.LEASE_NOT_FOUND);
        assertThat(read(EtcdRangeQuery.prefix("", 0))).isEmpty();
    }

    @Test
    void shouldTellItsSizeWhenAskedForItsHealth() {
        put("a", "1");
        EtcdHealth health = answer(etcd().health());
        assertThat(health.version()).isNotEmpty();
        assertThat(health.sizeBytes()).isPositive();
        assertThat(health.usedBytes()).isPositive().isLessThanOrEqualTo(health.sizeBytes());
        assertThat(health.alarms()).isEmpty();
    }

    @Test
    void shouldTellWatchesAndFailWithClosedWhenItWasClosed() {
        CompletableFuture<?> change = etcd().changed(List.of("a"), put("a", "1"));
        etcd().close();
        answer(change);
        answer(etcd().changed(List.of("a"), 1));
        assertThat(failure(etcd().range(EtcdRangeQuery.key("a"))).kind()).isEqualTo(Kind.CLOSED);
    }
}
