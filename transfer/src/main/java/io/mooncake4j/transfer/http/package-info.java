/** A small HTTP/1.1 server for operators, probes and Prometheus: bounded in every way, and open to other ports of call. */
@NullMarked
package io.mooncake4j.transfer.http;

import org.jspecify.annotations.NullMarked;
