/** Load on a store: blocks whose every byte can be checked, and measured runs of puts or gets. */
@NullMarked
package io.mooncake4j.deploy.load;

import org.jspecify.annotations.NullMarked;
