/**
 * The whole store over a real RDMA device of the kernel. {@code …OverDevice} run in a virtual machine that has one, which
 * {@link io.mooncake4j.deploy.rdma.RdmaStoreVmIT} starts.
 */
package io.mooncake4j.deploy.rdma;
