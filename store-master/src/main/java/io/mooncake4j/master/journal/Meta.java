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
import org.jspecify.annotations.Nullable;

/**
 * What a cluster is: its id, and its secret, or, if that is configured, a proof that it is the same one everywhere.
 *
 * @param secret the access keys of all segments come from it
 */
public record Meta(UUID clusterId, byte[] secret) {
    private static final int GENERATED = 1;
    private static final int CONFIGURED = 2;

    /**
     * The cluster of this prefix, which is founded with the id if there is nothing.
     *
     * @param newId of a cluster that is founded now
     * @param newSecret its secret
     * @param configured whether the secret is configured, and so not kept in etcd
     * @return fails with a FormatException if the configured secret is not the cluster's
     */
    public static CompletableFuture<Meta> findOrFound(Etcd etcd, UUID newId, byte[] newSecret, boolean configured) {
        byte[] value = encode(newId, newSecret, configured);
        EtcdTxn founding = new EtcdTxn()
                .ifAbsent(Keys.META)
                .ifAbsent(Keys.HEAD)
                .ifAbsent(Keys.SEGMENTS)
                .put(Keys.META, value)
                .orElseRead(Keys.META);
        return etcd.range(EtcdRangeQuery.key(Keys.META)).thenCompose(found -> {
            if (!found.entries().isEmpty()) {
                return CompletableFuture.completedFuture(decode(found.entries().get(0), newSecret, configured));
            }
            return etcd.txn(founding).thenApply(answer -> {
                if (answer.succeeded()) {
                    return new Meta(newId, newSecret);
                }
                if (answer.read().isEmpty()) {
                    throw new FormatException(Keys.META, "it is missing, though the cluster's placement is there");
                }
                return decode(answer.read().get(0), newSecret, configured);
            });
        });
    }

    /** Fails with a FormatException if this is not, or no longer, the cluster of the prefix. */
    public CompletableFuture<@Nullable Void> confirm(Etcd etcd) {
        return etcd.range(EtcdRangeQuery.key(Keys.META)).thenApply(found -> {
            if (found.entries().isEmpty()) {
                throw changed("it is gone, and with it cluster " + clusterId + ": was etcd wiped?");
            }
            UUID now = Content.of(found.entries().get(0).value()).clusterId();
            if (!now.equals(clusterId)) {
                throw changed("it is of cluster " + now + " by now, and this master is of cluster " + clusterId
                        + ": was etcd wiped?");
            }
            return null;
        });
    }

    private static FormatException changed(String what) {
        return new FormatException(
                Keys.META,
                what,
                "restore etcd from a backup, and this master goes on by itself; or restart this master, and it takes part"
                        + " in what is there by then, be it an empty store");
    }

    /** The value as it is in etcd. */
    record Content(UUID clusterId, boolean configured, byte[] kept) {
        static Content of(byte[] value) {
            Decoder in = Envelope.META.open(Keys.META, value);
            Content content = new Content(in.uuid(), kind(in) == CONFIGURED, in.blob());
            if (!in.atEnd()) {
                throw in.damaged("there is more than a cluster");
            }
            return content;
        }

        private static int kind(Decoder in) {
            int kind = in.u8();
            if (kind != GENERATED && kind != CONFIGURED) {
                throw in.newer("its secret is of kind " + kind + ", which this version does not know");
            }
            return kind;
        }
    }

    private static byte[] encode(UUID id, byte[] secret, boolean configured) {
        Encoder out = Envelope.META.start(64);
        out.uuid(id);
        out.u8(configured ? CONFIGURED : GENERATED);
        out.blob(configured ? fingerprint(id, secret) : secret);
        return Envelope.seal(out);
    }

    private static Meta decode(EtcdEntry entry, byte[] secret, boolean configured) {
        Content found = Content.of(entry.value());
        UUID id = found.clusterId();
        if (!found.configured()) {
            if (configured) {
                throw new FormatException(
                        Keys.META,
                        "cluster " + id + " was founded with a secret of its own, which is kept there",
                        "start this master without --cluster-secret-file, or with another --etcd-prefix");
            }
            return new Meta(id, found.kept());
        }
        if (!configured || !Arrays.equals(found.kept(), fingerprint(id, secret))) {
            throw new FormatException(
                    Keys.META,
                    "cluster " + id + " was founded with a configured secret, and this master has "
                            + (configured ? "another" : "none"),
                    "give it the same --cluster-secret-file as the other masters, or another --etcd-prefix");
        }
        return new Meta(id, secret);
    }

    /** Tells nothing of the secret. */
    private static byte[] fingerprint(UUID id, byte[] secret) {
        return SealKey.derive(secret, new UUID(0, 0), new Epoch(id, 0)).bytes();
    }
}
