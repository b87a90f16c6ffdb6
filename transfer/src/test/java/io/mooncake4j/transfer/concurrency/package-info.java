/**
 * Tests of what threads do to each other, by Lincheck's model checker: it runs a few threads in one order of their steps
 * after the other, and prints the order in which something went wrong. The classes where threads meet here are guarded by
 * monitors, so the question is which orders of whole critical sections are wrong, which stress (JCStress) finds by chance
 * only, and not what the memory model permits; Fray would answer it, too, but not on Java 17.
 */
@NullMarked
package io.mooncake4j.transfer.concurrency;

import org.jspecify.annotations.NullMarked;
