/** Programs and libraries of other people that tests run: installed, or fetched as Debian packages without root. */
@NullMarked
package io.mooncake4j.transfer.debian;

import org.jspecify.annotations.NullMarked;
