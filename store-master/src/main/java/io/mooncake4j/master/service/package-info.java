/** The master's front: requests in, core calls, answers out. */
@NullMarked
package io.mooncake4j.master.service;

import org.jspecify.annotations.NullMarked;
