/** Many values between files and the store, several at once. */
@NullMarked
package io.mooncake4j.deploy.copy;

import org.jspecify.annotations.NullMarked;
