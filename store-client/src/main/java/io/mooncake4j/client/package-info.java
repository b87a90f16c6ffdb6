/** The SDK: what applications put and get with. */
@NullMarked
package io.mooncake4j.client;

import org.jspecify.annotations.NullMarked;
