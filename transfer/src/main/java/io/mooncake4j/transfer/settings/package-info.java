/**
 * Settings of a process: each declared once, resolved from flag, environment and default in that order, with the
 * source of every value kept.
 */
@NullMarked
package io.mooncake4j.transfer.settings;

import org.jspecify.annotations.NullMarked;
