/** Where placement changes are kept. */
@NullMarked
package io.mooncake4j.master.journal;

import org.jspecify.annotations.NullMarked;
