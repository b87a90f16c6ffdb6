/** Which objects make room, and when. Plain Java; time is passed in. */
@NullMarked
package io.mooncake4j.master.eviction;

import org.jspecify.annotations.NullMarked;
