/** Configuration files. */
@NullMarked
package io.mooncake4j.deploy.config;

import org.jspecify.annotations.NullMarked;
