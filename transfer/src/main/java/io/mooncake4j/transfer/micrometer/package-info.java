/** Metrics for a registry of Micrometer's; only for those who have it on their class path. */
@NullMarked
package io.mooncake4j.transfer.micrometer;

import org.jspecify.annotations.NullMarked;
