/** One façade over all transports: reads and writes of extents. */
@NullMarked
package io.mooncake4j.transfer.engine;

import org.jspecify.annotations.NullMarked;
