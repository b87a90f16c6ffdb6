/** Benchmarks. */
@NullMarked
package io.mooncake4j.bench;

import org.jspecify.annotations.NullMarked;
