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
    TOKEN_CHECK
}
