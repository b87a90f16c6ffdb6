package io.mooncake4j.transfer.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodyRoomTest {
    @Test
    void shouldGiveTheSameRoomAgainWhenItCameBack() {
        byte[] room = BodyRoom.take(100);
        BodyRoom.giveBack(room);
        assertThat(BodyRoom.take(room.length)).isSameAs(room);
    }

    @Test
    void shouldGiveOtherRoomWhenSomebodyHasIt() {
        byte[] first = BodyRoom.take(100);
        BodyRoom.giveBack(first);
        byte[] again = BodyRoom.take(100);
        assertThat(BodyRoom.take(100)).isNotSameAs(again);
    }

    @Test
    void shouldHaveRoomEnoughWhenBodiesAreLarge() {
        for (int bytes : new int[] {0, 1, 4096, 4097, 65_536, 262_144, 262_145, 3_000_000}) {
            byte[] room = BodyRoom.take(bytes);
            assertThat(room).hasSizeGreaterThanOrEqualTo(bytes);
            BodyRoom.giveBack(room);
        }
    }

    @Test
    void shouldKeepNothingWhenRoomWasVeryLarge() {
        byte[] large = BodyRoom.take(3_000_000);
        BodyRoom.giveBack(large);
        assertThat(BodyRoom.take(100)).isNotSameAs(large);
    }
}
