/** The storage node: lends memory and serves reads and writes of it. */
@NullMarked
package io.mooncake4j.node;

import org.jspecify.annotations.NullMarked;
