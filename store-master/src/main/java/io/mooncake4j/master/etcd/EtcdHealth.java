package io.mooncake4j.master.etcd;

import java.util.List;

/**
 * How etcd does.
 *
 * @param version of the server that answered
 * @param sizeBytes of its database file; NOSPACE comes when this reaches its quota
 * @param usedBytes of that, what isn't free inside the file
 * @param alarms names of raised alarms: NOSPACE, CORRUPT
 * @param foreignKeys whether others keep keys there, too; true as well if this user may not see
 */
public record EtcdHealth(String version, long sizeBytes, long usedBytes, List<String> alarms, boolean foreignKeys) {}
