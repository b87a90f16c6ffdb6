/** What keeps a machine from moving bytes by RDMA: what is looked at, and what is said about it. */
@NullMarked
package io.mooncake4j.deploy.doctor;

import org.jspecify.annotations.NullMarked;
