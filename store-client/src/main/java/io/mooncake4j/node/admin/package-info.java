/** A storage node over HTTP, for probes and Prometheus. */
@NullMarked
package io.mooncake4j.node.admin;

import org.jspecify.annotations.NullMarked;
