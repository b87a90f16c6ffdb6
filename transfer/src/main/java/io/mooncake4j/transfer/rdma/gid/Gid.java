package io.mooncake4j.transfer.rdma.gid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An address of a port, of 16 bytes.
 *
 * @param high the first eight bytes
 * @param low the last eight
 */
public record Gid(long high, long low) {
    private static final int GROUPS = 8;
    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{4}:){7}[0-9a-f]{4}");
    private static final long IPV4_PREFIX = 0xffffL;

    /** Reads eight groups of four hexadecimal digits, as Linux writes them. */
    public static Gid parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no GID");
        }
        String[] groups = text.split(":", -1);
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS; i++) {
            high = high << 16 | low >>> 48;
            low = low << 16 | Integer.parseInt(groups[i], 16);
        }
        return new Gid(high, low);
    }

    /** Whether the table's entry is empty. */
    public boolean isZero() {
        return high == 0 && low == 0;
    }

    /** Whether it is an IPv4 address. */
    public boolean isIpv4() {
        return high == 0 && low >>> 32 == IPV4_PREFIX;
    }

    /** Whether it is an IPv6 address that holds in one network alone. */
    public boolean isLinkLocal() {
        return high >>> 54 == 0xfe80 >> 6;
    }

    /** Whether it is an IPv4 address of a range that overlay networks use: 10/8, 172.16/12 or 100.64/10. */
    public boolean isPrivateIpv4() {
        return isIpv4()
                && (octet(0) == 10 || octet(0) == 172 && octet(1) >> 4 == 1 || octet(0) == 100 && octet(1) >> 6 == 1);
    }

    /** The first six bytes, in which iWARP ports have the address of their network device: {@code 00:16:3e:…}. */
    public String firstSixBytes() {
        List<String> bytes = new ArrayList<>();
        for (int shift = 56; shift >= 16; shift -= 8) {
            bytes.add(String.format(Locale.ROOT, "%02x", high >>> shift & 0xff));
        }
        return String.join(":", bytes);
    }

    private int octet(int i) {
        return (int) (low >>> 24 - 8 * i) & 0xff;
    }

    /** As an IPv4 address where it is one, else in eight groups. */
    @Override
    public String toString() {
        if (isIpv4()) {
            return octet(0) + "." + octet(1) + "." + octet(2) + "." + octet(3);
        }
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < GROUPS; i++) {
            long half = i < GROUPS / 2 ? high : low;
            groups.add(String.format(Locale.ROOT, "%04x", half >>> 48 - 16 * (i % 4) & 0xffff));
        }
        return String.join(":", groups);
    }
}
