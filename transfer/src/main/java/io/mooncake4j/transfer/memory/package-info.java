/** Memory that can be transferred: segments and their regions, and the client's pool. */
@NullMarked
package io.mooncake4j.transfer.memory;

import org.jspecify.annotations.NullMarked;
