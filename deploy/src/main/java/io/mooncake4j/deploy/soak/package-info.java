/** A store of real processes under load and random faults for a long time: are all bytes right, and is nothing leaked? */
@NullMarked
package io.mooncake4j.deploy.soak;

import org.jspecify.annotations.NullMarked;
