/** The command line: every command, its settings, and what it prints. */
@NullMarked
package io.mooncake4j.deploy.cli;

import org.jspecify.annotations.NullMarked;
