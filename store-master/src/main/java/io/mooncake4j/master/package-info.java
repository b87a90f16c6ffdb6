/** The master of a mooncake4j cluster. */
@NullMarked
package io.mooncake4j.master;

import org.jspecify.annotations.NullMarked;
