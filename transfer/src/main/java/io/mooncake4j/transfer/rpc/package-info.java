/** The control protocol: calls with protobuf bodies, pipelined over few TCP connections. */
@NullMarked
package io.mooncake4j.transfer.rpc;

import org.jspecify.annotations.NullMarked;
