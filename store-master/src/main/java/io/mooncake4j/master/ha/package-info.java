/** Several masters, of which one leads: election, proof of leadership, takeover, handover (design section 5). */
@NullMarked
package io.mooncake4j.master.ha;

import org.jspecify.annotations.NullMarked;
