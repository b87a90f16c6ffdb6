package io.mooncake4j.deploy.simulation;

/** What the seeds must have seen, or they have proven nothing. */
enum Happening {
    PUT_STORED,
    PUT_FAILED,
    PUT_OUTCOME_UNKNOWN,
    GET_HIT,
    GET_MISS,
    GET_FAILED,
    /** A lease ended before the last byte had arrived. */
    LEASE_ENDED,
    /** Memory was granted again. */
    REUSED,
    /** An object lies in several extents. */
    SEVERAL_EXTENTS,
    /** An object lies on several nodes. */
    SEVERAL_REPLICAS,
    /** A write was given up without its answer. */
    WRITE_UNANSWERED,
    /** A thread copied what it had in hand after its connection was closed. */
    COPIED_AFTER_CLOSE,
    TOKEN_REFUSED,
    SESSION_REFUSED,
    CUT_CONFIRMED,
    GRANT_LAPSED,
    GRANT_RENEWED,
    EVICTED,
    NODE_RETURNED_WARM,
    NODE_RETURNED_COLD,
    SEGMENT_DROPPED,
    MASTER_RESTARTED,
    /** Another master took over what the last one left. */
    TOOK_OVER,
    HANDED_OVER,
    /** A leader's process stopped between two steps of a call. */
    STOPPED_MIDWAY,
    LEADER_KEY_DELETED,
    ETCD_AWAY,
    ETCD_WATCHES_LOST,
    ETCD_ANSWER_LOST,
    ETCD_ANSWER_LATE,
    /** A leader could not write for a while. */
    ETCD_FULL,
    BUCKET_WRITTEN,
    /** An acknowledged put that went with its leader. */
    TAIL_LOST,
    REFUSED_BY_STANDBY,
    EXISTS,
    REMOVED_BY_REGEX,
    REMOVED_ALL,
    /** Under a soft pin, since nothing else was left. */
    EVICTED_SOFT_PINNED,
    /** Something hard-pinned was passed over. */
    KEPT_HARD_PINNED,
    DAMAGE_NOTICED,
    REPLICA_DROPPED
}
