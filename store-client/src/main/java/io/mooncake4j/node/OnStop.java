package io.mooncake4j.node;

/** What a node does with its memory when it stops. */
public enum OnStop {
    /** Suspend where the master's journal is durable, else leave; memory that is no file always leaves. */
    AUTO,
    /** The file stays and the master keeps its content, for this node's next start. */
    SUSPEND,
    /** The file is deleted and the master drops its content. */
    LEAVE
}
