package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.EtcdEntry;
import java.nio.charset.StandardCharsets;

/**
 * What the leader key says, as text: who leads, and a number that no other attempt to lead has.
 *
 * @param address HOST:PORT of its RPC
 */
public record LeaderKey(String address, long nonce) {
    byte[] encode() {
        return (address + ' ' + Long.toHexString(nonce)).getBytes(StandardCharsets.UTF_8);
    }

    /** Something else than a leader's value is a leader that nobody knows. */
    public static LeaderKey of(EtcdEntry entry) {
        String text = new String(entry.value(), StandardCharsets.UTF_8);
        int space = text.indexOf(' ');
        try {
            return new LeaderKey(text.substring(0, space), Long.parseUnsignedLong(text.substring(space + 1), 16));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            return new LeaderKey("", 0);
        }
    }
}
