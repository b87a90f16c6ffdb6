/**
 * Tests of what two threads do to each other: scenarios in classes named {@code …Races}, run by JCStress, which brings two
 * real threads together at objects made anew, about a hundred times each for what is as large as a master and thousands of
 * times for what is small, and counts what it saw. It is the one tool for that here, and was chosen by what it finds: a
 * lock or an order that a scenario is there for is taken away, and the scenario fails. Lincheck's model checker was used
 * before. It tries orders one by one and so can't be too late, but steps through everything that a scenario does, and takes
 * any loop of more than 50 rounds for endless: the master's 256 shards are beyond it. Fray would do for whole programs, too,
 * but not on Java 17.
 *
 * <p>What was seen, on a machine of two cores that was busy with other things, in five runs of the build's length each:
 *
 * <ul>
 *   <li>found in each of the five, at the master: the locks of removals, of a put's start, end and revocation by request, of
 *       a PutStart that comes again, of the end of requests, of the sweep of grants, of what shows hidden objects, of exists,
 *       lists and buckets, of who follows the journal and who writes it, of clients, of mounts, of a segment that is heard of;
 *   <li>at the node: the locks of sessions that open, leave or are cut, of the gate and of what is to be reported, the
 *       orders in which a cut and a superseded leader are noted, and how it waits for the next leader;
 *   <li>at the client: leases of buffers and their counts, connections that are dropped, renewals, suspicions, alarm, owed
 *       revokes, and the order in which a call begins;
 *   <li>not in each: grant ids that aren't counted atomically (two of five), eviction's look for the oldest object (four of
 *       five), a {@code writing} of a session that isn't volatile (four of five, and five of five);
 *   <li>found when they were taken away once: most of the other locks of the master's placement;
 *   <li>not taken away yet: the locks around {@code cutWriters}, {@code endWaits}, the ends of a buffer pool and of running
 *       calls, and what takes reports of a node out again;
 *   <li>seen by nothing here: a {@code volatile} that only keeps others from seeing old values for long, which this
 *       processor and a short run hide; the lock around {@code allCut} of a session table, for which the lock taken after it
 *       stands in.
 * </ul>
 *
 * <p>What JCStress can't do: prove that nothing is wrong, print the order that led there, or bring three threads together on
 * two cores. A scenario is good for two; what needs a third is split. Of what threads share, RPC's links and the transfer
 * engine's lanes have no scenario here; what begins and ends a term of a master is simulated instead.
 */
@NullMarked
package io.mooncake4j.transfer.concurrency;

import org.jspecify.annotations.NullMarked;
