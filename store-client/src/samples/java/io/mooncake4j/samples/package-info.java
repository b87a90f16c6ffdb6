/**
 * Programs to start from. With a store running, and {@code bin/mooncake4j} built, each runs without a build of its own:
 * {@code java -cp 'deploy/target/lib/*' store-client/src/samples/java/io/mooncake4j/samples/FirstPutAndGet.java [MASTER]}.
 */
@NullMarked
package io.mooncake4j.samples;

import org.jspecify.annotations.NullMarked;
