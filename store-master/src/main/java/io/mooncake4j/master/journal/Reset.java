package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.etcd.EtcdTxnAnswer;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Deletes all of a store from etcd. */
public final class Reset {
    private Reset() {}

    /**
     * Deletes everything below the prefix, unless somebody leads. Waits.
     *
     * @return the leader key, if there is one: then nothing was deleted
     * @throws EtcdException if etcd can't be reached; what {@link EtcdException#mayHaveHappened} may have been done
     */
    public static Optional<EtcdEntry> run(Etcd etcd) {
        EtcdTxn all = new EtcdTxn()
                .ifAbsent(Keys.LEADER)
                .delete("", EtcdRangeQuery.endOf(""))
                .orElseRead(Keys.LEADER);
        try {
            EtcdTxnAnswer answer = etcd.txn(all).join();
            return answer.succeeded()
                    ? Optional.empty()
                    : Optional.of(answer.read().get(0));
        } catch (CompletionException e) {
            throw EtcdException.of(e);
        }
    }
}
