/** What all ways to connect queue pairs have in common: a node's end, a client's end, and what they make. */
@NullMarked
package io.mooncake4j.transfer.rdma.connect;

import org.jspecify.annotations.NullMarked;
