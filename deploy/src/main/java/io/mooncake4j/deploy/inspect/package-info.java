/** What operators want to know about objects, asked of the master without touching them. */
@NullMarked
package io.mooncake4j.deploy.inspect;

import org.jspecify.annotations.NullMarked;
