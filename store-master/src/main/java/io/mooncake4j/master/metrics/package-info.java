/** The metrics of a master: their names, and where their values are read. Nothing is counted here. */
@NullMarked
package io.mooncake4j.master.metrics;

import org.jspecify.annotations.NullMarked;
