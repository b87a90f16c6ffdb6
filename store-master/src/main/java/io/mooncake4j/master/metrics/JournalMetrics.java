package io.mooncake4j.master.metrics;

import io.mooncake4j.master.placement.JournalStatus;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.micrometer.MeterBook;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The metrics of the journal in etcd, and of who follows it; all 0 where there is none. */
final class JournalMetrics {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final MasterStatus status;
    /** A former leader that has not read the journal anew yet has applied less than it has written. */
    private final LongAccumulator mostRecords = new LongAccumulator(Math::max, 0);

    JournalMetrics(MasterStatus status) {
        this.status = status;
    }

    void bindTo(MeterBook book) {
        book.counter(MasterMetric.JOURNAL_RECORDS.metric(), () -> {
            mostRecords.accumulate((long) leader(JournalStatus::records, (double) status.followedRecord()));
            return mostRecords.get();
        });
        book.gauge(
                MasterMetric.JOURNAL_RECORD.metric(),
                () -> leader(JournalStatus::durableRecords, (double) status.followedRecord()));
        book.gauge(MasterMetric.JOURNAL_STANDBY_LAG.metric(), () -> status.standbyLagNanos() / NANOS);
        gauge(book, MasterMetric.JOURNAL_LAG, journal -> journal.lagNanos() / NANOS);
        gauge(book, MasterMetric.JOURNAL_QUEUED, JournalStatus::queuedBytes);
        gauge(book, MasterMetric.JOURNAL_REFUSING, journal -> journal.refusal() == null ? 0 : 1);
        gauge(book, MasterMetric.ETCD_DATABASE_SIZE, JournalStatus::sizeBytes);
        gauge(book, MasterMetric.ETCD_DATABASE_USED, JournalStatus::usedBytes);
        gauge(book, MasterMetric.ETCD_DATABASE_QUOTA, JournalStatus::quotaBytes);
    }

    private void gauge(MeterBook book, MasterMetric metric, ToDoubleFunction<JournalStatus> value) {
        book.gauge(metric.metric(), () -> leader(value, 0));
    }

    private double leader(ToDoubleFunction<JournalStatus> value, double otherwise) {
        MasterCore core = status.leading();
        @Nullable JournalStatus journal = core == null ? null : core.log().status();
        return journal == null ? otherwise : value.applyAsDouble(journal);
    }
}
