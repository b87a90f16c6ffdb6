/** Command line and distribution. */
@NullMarked
package io.mooncake4j.deploy;

import org.jspecify.annotations.NullMarked;
