package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.CoreAudit;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Calls in any order with any content: typed answers, and a master whose books are right. */
class MasterFuzzTest {
    private static final int MAX_CALLS = 40;

    private static MasterServer master;
    private static RpcClient rpc;
    private static long input;

    @BeforeAll
    static void start() {
        master = MasterServer.start(MasterOptions.defaults().withAddress("127.0.0.1", 0));
        rpc = RpcClient.create(RpcClientOptions.builder()
                .addresses(HostPort.parseList("127.0.0.1:" + master.port()))
                .build());
    }

    @AfterAll
    static void stop() {
        rpc.close();
        master.close();
    }

    @FuzzTest
    void shouldAnswerTypedAndKeepItsBooksWhenCallsAreArbitrary(byte[] bytes) {
        ArbitraryCalls calls = new ArbitraryCalls(rpc, ByteBuffer.wrap(bytes), ++input);
        calls.mount();
        for (int i = 0; i < MAX_CALLS && calls.more(); i++) {
            assertThat(calls.next()).isNotEqualTo(ErrorCode.INTERNAL_ERROR);
        }
        CoreAudit.check(master.core());
        calls.revokeAll();
        for (Segment segment : master.core().segmentTable().all()) {
            master.core()
                    .segments()
                    .leave(segment.id(), segment.address().processNonce(), new Commit(), System.nanoTime());
        }
        assertThat(master.core().objects().objectCount()).isZero();
        assertThat(master.core().segmentTable().all()).isEmpty();
        CoreAudit.check(master.core());
    }
}
