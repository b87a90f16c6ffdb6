/** Tests over RDMA devices: a virtual machine that has them in software, and the tests, named {@code *OverDevice}, that run in it. */
@NullMarked
package io.mooncake4j.transfer.vm;

import org.jspecify.annotations.NullMarked;
