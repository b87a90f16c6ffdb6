/** Connections of queue pairs by rdma_cm, with deadlines: a client's side and a node's. */
@NullMarked
package io.mooncake4j.transfer.rdma.cm;

import org.jspecify.annotations.NullMarked;
