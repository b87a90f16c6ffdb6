/** Words of both protocols: error numbers, epochs, access tokens, key columns, deadlines. */
@NullMarked
package io.mooncake4j.transfer.wire;

import org.jspecify.annotations.NullMarked;
