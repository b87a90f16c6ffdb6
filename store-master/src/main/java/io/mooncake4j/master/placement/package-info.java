/** What lies where: objects, segments, grants, leases and the allocator. Plain Java; time is passed in. */
@NullMarked
package io.mooncake4j.master.placement;

import org.jspecify.annotations.NullMarked;
