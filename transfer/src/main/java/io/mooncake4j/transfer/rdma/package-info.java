/** Bytes by one-sided RDMA: a client's transport, and what lets it in at a node. */
@NullMarked
package io.mooncake4j.transfer.rdma;

import org.jspecify.annotations.NullMarked;
