/** The chart as Helm renders it, as Kubernetes reads it, and as its commands run. */
@NullMarked
package io.mooncake4j.helm;

import org.jspecify.annotations.NullMarked;
