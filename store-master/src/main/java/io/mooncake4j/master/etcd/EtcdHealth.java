package io.mooncake4j.master.etcd;

import java.util.List;

/**
 * How etcd does.
 *
 * @param version of the server that answered
 * @param sizeBytes of the largest member's database file; NOSPACE comes when this reaches its quota
 * @param usedBytes of that, what isn't free inside the file; of the member that has most
 * @param alarms names of raised alarms: NOSPACE, CORRUPT
 * @param foreignKeys whether others keep keys there, too; true as well if this user may not see
 * @param revision at which it answered
 * @param endpoints as etcdctl takes them
 */
public record EtcdHealth(
        String version,
        long sizeBytes,
        long usedBytes,
        List<String> alarms,
        boolean foreignKeys,
        long revision,
        String endpoints) {
    private static final String NO_SPACE = "NOSPACE";

    /** With what another member has, if that is more. */
    EtcdHealth withMember(long size, long used) {
        return new EtcdHealth(
                version,
                Math.max(sizeBytes, size),
                Math.max(usedBytes, used),
                alarms,
                foreignKeys,
                revision,
                endpoints);
    }

    /** Whether it takes no writes for want of space. */
    public boolean full() {
        return alarms.contains(NO_SPACE);
    }

    /** The commands by which an operator makes room. */
    public String commands() {
        String etcdctl = "ETCDCTL_API=3 etcdctl --endpoints " + endpoints + " ";
        return etcdctl + "compact " + revision + "; " + etcdctl + "defrag; " + etcdctl + "alarm disarm";
    }
}
