/** The data side of a storage node, without sockets: the check of every access, and sessions that can be cut. */
@NullMarked
package io.mooncake4j.transfer.server;

import org.jspecify.annotations.NullMarked;
