/** Transfers over TCP: blocking channels, copied straight between socket, region and the caller's buffers. */
@NullMarked
package io.mooncake4j.transfer.tcp;

import org.jspecify.annotations.NullMarked;
