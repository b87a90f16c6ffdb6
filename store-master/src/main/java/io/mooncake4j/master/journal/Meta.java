package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.SealKey;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What a cluster is: its id, and its secret, or, if that is configured, a proof that it is the same one everywhere.
 *
 * @param secret the access keys of all segments come from it
 */
public record Meta(UUID clusterId, byte[] secret) {
    private static final int GENERATED = 1;
    private static final int CONFIGURED = 2;

    /**
     * The cluster of this prefix, which is founded with the id if there is none.
     *
     * @param newId of a cluster that is founded now
     * @param newSecret its secret
     * @param configured whether the secret is configured, and so not kept in etcd
     * @return fails with a FormatException if the configured secret is not the cluster's
     */
    public static CompletableFuture<Meta> findOrFound(Etcd etcd, UUID newId, byte[] newSecret, boolean configured) {
        return etcd.range(EtcdRangeQuery.key(Keys.META)).thenCompose(found -> {
            if (!found.entries().isEmpty()) {
                return CompletableFuture.completedFuture(decode(found.entries().get(0), newSecret, configured));
            }
            byte[] value = encode(newId, newSecret, configured);
            EtcdTxn founding =
                    new EtcdTxn().ifAbsent(Keys.META).put(Keys.META, value).orElseRead(Keys.META);
            return etcd.txn(founding)
                    .thenApply(answer -> answer.succeeded()
                            ? new Meta(newId, newSecret)
                            : decode(answer.read().get(0), newSecret, configured));
        });
    }

    private static byte[] encode(UUID id, byte[] secret, boolean configured) {
        Encoder out = Envelope.META.start(64);
        out.uuid(id);
        out.u8(configured ? CONFIGURED : GENERATED);
        out.blob(configured ? fingerprint(id, secret) : secret);
        return Envelope.seal(out);
    }

    private static Meta decode(EtcdEntry entry, byte[] secret, boolean configured) {
        Decoder in = Envelope.META.open(Keys.META, entry.value());
        UUID id = in.uuid();
        int kind = in.u8();
        byte[] kept = in.blob();
        if (kind == GENERATED) {
            if (configured) {
                throw in.damaged(
                        "cluster " + id + " was founded with a secret of its own, which is kept there: start this"
                                + " master without --cluster-secret-file");
            }
            return new Meta(id, kept);
        }
        if (!configured || !Arrays.equals(kept, fingerprint(id, secret))) {
            throw in.damaged("cluster " + id + " was founded with a configured secret, and "
                    + (configured ? "this master has another" : "this master has none")
                    + ": give it the same --cluster-secret-file as the other masters, or another --etcd-prefix");
        }
        return new Meta(id, secret);
    }

    /** Tells nothing of the secret. */
    private static byte[] fingerprint(UUID id, byte[] secret) {
        return SealKey.derive(secret, new UUID(0, 0), new Epoch(id, 0)).bytes();
    }
}
