/** Which package may see which: rules for the architecture tests of all modules. */
@NullMarked
package io.mooncake4j.transfer.architecture;

import org.jspecify.annotations.NullMarked;
