/**
 * Tests of what two threads do to each other: scenarios in classes named {@code …Races}, run by JCStress, which brings two
 * real threads together at objects made anew, thousands of times each, and counts what it saw. It is the one tool for that
 * here, and was chosen by what it finds: each lock and each order that a scenario is there for was taken away once, and was
 * missed. Lincheck's model checker was used before. It tries orders one by one and so can't be too late, but steps through
 * everything that a scenario does, and takes any loop of more than 50 rounds for endless: the master's 256 shards are
 * beyond it. Fray would do for whole programs, too, but not on Java 17.
 *
 * <p>What JCStress can't do: prove that nothing is wrong, print the order that led there, or bring three threads together on
 * two cores. A scenario is good for two; what needs a third is split.
 */
@NullMarked
package io.mooncake4j.transfer.concurrency;

import org.jspecify.annotations.NullMarked;
