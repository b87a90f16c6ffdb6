package io.mooncake4j.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooncake4j.client.ClientMeters.Direction;
import io.mooncake4j.client.ClientMeters.KeyEnd;
import io.mooncake4j.client.ClientMeters.Operation;
import io.mooncake4j.transfer.metrics.Fallback;
import io.mooncake4j.transfer.metrics.Metric;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.micrometer.MeterBook;
import io.mooncake4j.transfer.micrometer.RdmaMetrics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Binds the metrics of a client to a registry of Micrometer's, which the application brings along (micrometer-core):
 *
 * <pre>{@code
 * new MooncakeClientMetrics(client).bindTo(registry);
 * }</pre>
 *
 * <p>{@link ClientMetric} and {@link io.mooncake4j.transfer.metrics.RdmaMetric} list them. Counters begin with the client. Times are measured from the first binding on; whether
 * they have histograms is for the registry's MeterFilters to say. Of several clients in one process each needs tags of its
 * own.
 */
public final class MooncakeClientMetrics implements MeterBinder {
    private final ClientContext context;
    private final Tags tags;

    public MooncakeClientMetrics(MooncakeClient client) {
        this(client, List.of());
    }

    /** @param tags for all of its metrics; few values, whatever happens */
    public MooncakeClientMetrics(MooncakeClient client, Iterable<Tag> tags) {
        this.context = client.context();
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        MeterBook book = new MeterBook(registry, tags);
        ClientMeters meters = context.meters;
        for (Operation operation : Operation.values()) {
            for (KeyEnd end : KeyEnd.values()) {
                book.counter(ClientMetric.KEYS.metric(), meters.keys(operation, end)::sum, tag(operation), tag(end));
            }
        }
        for (String transport : meters.transports()) {
            for (Direction direction : Direction.values()) {
                book.counter(
                        ClientMetric.TRANSFER_BYTES.metric(),
                        meters.bytes(transport, direction)::sum,
                        transport,
                        tag(direction));
            }
        }
        meters.replicaFailures()
                .byReason()
                .forEach((reason, count) -> book.counter(ClientMetric.REPLICA_FAILURES.metric(), count::sum, reason));
        book.counter(ClientMetric.LEASES_LAPSED.metric(), meters.leasesLapsed()::sum);
        book.counter(ClientMetric.CHECKSUM_MISMATCHES.metric(), context.mismatches::count);
        book.gauge(ClientMetric.POOL_USED.metric(), context::poolUsedBytes);
        book.gauge(ClientMetric.POOL_CAPACITY.metric(), context::poolCapacityBytes);
        book.gauge(ClientMetric.CALLS.metric(), context.running::count);
        bindRdma(book, meters.rdma());
        meters.add(new Timers(registry, tags));
    }

    private static void bindRdma(MeterBook book, RdmaMeters rdma) {
        RdmaMetrics.bind(book, rdma);
        for (Fallback reason : Fallback.values()) {
            book.counter(ClientMetric.FALLBACKS.metric(), rdma.fallbacks(reason)::sum, tag(reason));
        }
        book.gauge(ClientMetric.PAUSED_NODES.metric(), rdma::pausedNodes);
        rdma.completionErrors()
                .byName()
                .forEach((status, count) -> book.counter(ClientMetric.RDMA_ERRORS.metric(), count::sum, status));
        book.counter(ClientMetric.POOL_COPIED.metric(), rdma.copiedBytes()::sum);
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Timers of the registry; few, and each is looked up only once. */
    private static final class Timers implements ClientMeters.Timing {
        private final MeterRegistry registry;
        private final Tags tags;
        private final Timer[] operations = new Timer[Operation.values().length * 2];
        private final Map<String, Timer[]> transfers = new ConcurrentHashMap<>();

        Timers(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
            for (Operation operation : Operation.values()) {
                operations[2 * operation.ordinal()] = timer(ClientMetric.OPERATION, tag(operation), "error");
                operations[2 * operation.ordinal() + 1] = timer(ClientMetric.OPERATION, tag(operation), "ok");
            }
        }

        private Timer timer(ClientMetric declared, String... values) {
            Metric metric = declared.metric();
            Timer.Builder timer = Timer.builder(metric.name())
                    .description(metric.description())
                    .tags(tags);
            for (int i = 0; i < values.length; i++) {
                timer.tag(metric.tags().get(i), values[i]);
            }
            return timer.register(registry);
        }

        @Override
        public void operation(Operation operation, boolean ok, long nanos) {
            operations[2 * operation.ordinal() + (ok ? 1 : 0)].record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void transfer(String transport, Direction direction, long nanos) {
            transfers
                    .computeIfAbsent(transport, name -> new Timer[] {
                        timer(ClientMetric.TRANSFER, name, tag(Direction.READ)),
                        timer(ClientMetric.TRANSFER, name, tag(Direction.WRITE))
                    })[direction.ordinal()]
                    .record(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
