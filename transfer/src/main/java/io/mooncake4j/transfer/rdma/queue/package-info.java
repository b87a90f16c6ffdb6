/** The data path of a client's link: one-sided reads and writes over its queue pairs, by the thread that borrowed it. */
@NullMarked
package io.mooncake4j.transfer.rdma.queue;

import org.jspecify.annotations.NullMarked;
