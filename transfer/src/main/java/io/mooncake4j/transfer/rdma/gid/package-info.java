/** The addresses of an RDMA port, and which of them connections are to be made with. */
@NullMarked
package io.mooncake4j.transfer.rdma.gid;

import org.jspecify.annotations.NullMarked;
