/** The metrics of a storage node, for a registry of Micrometer's. */
@NullMarked
package io.mooncake4j.node.metrics;

import org.jspecify.annotations.NullMarked;
