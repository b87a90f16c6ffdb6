/** What is counted and measured on hot paths: without locks, without garbage, and without a library of metrics. */
@NullMarked
package io.mooncake4j.transfer.metrics;

import org.jspecify.annotations.NullMarked;
