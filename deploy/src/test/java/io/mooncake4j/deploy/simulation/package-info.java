/** The store in a world of simulated time, network, memory and processes, in which everything that can go wrong does. */
@NullMarked
package io.mooncake4j.deploy.simulation;

import org.jspecify.annotations.NullMarked;
