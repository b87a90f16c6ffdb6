package io.mooncake4j.transfer.safety;

/** A check without which the store would return wrong bytes. Each is switched off only by the test that proves it. */
public enum SafetyRule {
    /** A reader checks after the last byte that its lease still holds. */
    LEASE_CHECK,
    /** An extent is reused only when no read lease and no unanswered write attempt can touch it (S2). */
    REUSE,
    /** A session is confirmed as cut only when none of its threads copies any more (S2). */
    SESSION_CUT,
    /** A cut generation is refused for good (S3). */
    GENERATION,
    /** A node checks the token on every access (S3). */
    TOKEN_CHECK,
    /** A leader that can't prove that it leads answers nothing else (S4). */
    FENCING,
    /** A proof of leadership counts from before it was asked for (S4). */
    PROOF_DATING,
    /** A new leader grants no memory that readers or writers of an earlier term may still use (S5). */
    HOLD_OFF,
    /** A put over RDMA is done only when a read behind its last write on each queue was answered (S7). */
    FLUSH
}
