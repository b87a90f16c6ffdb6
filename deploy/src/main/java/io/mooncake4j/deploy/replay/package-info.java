/**
 * Replays request traces against a store: every block that a request shares with earlier ones is read, the rest is
 * written, and every byte read is checked.
 */
@NullMarked
package io.mooncake4j.deploy.replay;

import org.jspecify.annotations.NullMarked;
