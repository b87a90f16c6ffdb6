/** The metrics of a process as Prometheus reads them. */
@NullMarked
package io.mooncake4j.deploy.metrics;

import org.jspecify.annotations.NullMarked;
