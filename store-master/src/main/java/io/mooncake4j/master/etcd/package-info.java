/** etcd as the master uses it: keys with revisions, conditional transactions, leases, watches, health. */
@NullMarked
package io.mooncake4j.master.etcd;

import org.jspecify.annotations.NullMarked;
