/** The safety rules that code enforces, by name. */
@NullMarked
package io.mooncake4j.transfer.safety;

import org.jspecify.annotations.NullMarked;
