/** Connections of transports that are opened once and lent again and again. */
@NullMarked
package io.mooncake4j.transfer.pool;

import org.jspecify.annotations.NullMarked;
