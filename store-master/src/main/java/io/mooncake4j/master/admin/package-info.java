/** A master over HTTP, for operators, probes and tools that know Mooncake's endpoints. */
@NullMarked
package io.mooncake4j.master.admin;

import org.jspecify.annotations.NullMarked;
