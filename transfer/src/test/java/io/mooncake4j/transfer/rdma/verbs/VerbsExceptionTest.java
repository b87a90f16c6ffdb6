package io.mooncake4j.transfer.rdma.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerbsExceptionTest {
    @Test
    void shouldNameCallCodeAndNameWhenThrown() {
        VerbsException thrown = new VerbsException("rdma_connect", 111, "ECONNREFUSED", "Connection refused");
        assertThat(thrown).hasMessage("rdma_connect: ECONNREFUSED (111), Connection refused");
        assertThat(thrown.call()).isEqualTo("rdma_connect");
        assertThat(thrown.code()).isEqualTo(111);
        assertThat(thrown.codeName()).isEqualTo("ECONNREFUSED");
    }

    @Test
    void shouldNameLockedMemoryWhenRegistrationFindsNone() {
        assertThat(new VerbsException("ibv_reg_mr(1024 bytes)", 12, "ENOMEM", "Cannot allocate memory"))
                .hasMessageMatching("ibv_reg_mr\\(1024 bytes\\): ENOMEM \\(12\\), Cannot allocate memory; this process"
                        + " may lock (\\d+|unlimited) bytes: raise it \\(ulimit -l unlimited.*");
    }

    @Test
    void shouldNameStatusesWhenKnownAndNot() {
        assertThat(WcStatus.name(0)).isEqualTo("SUCCESS");
        assertThat(WcStatus.name(WcStatus.WR_FLUSH_ERR)).isEqualTo("WR_FLUSH_ERR");
        assertThat(WcStatus.name(10)).isEqualTo("REM_ACCESS_ERR");
        assertThat(WcStatus.name(23)).isEqualTo("TM_RNDV_INCOMPLETE");
        assertThat(WcStatus.name(24)).isEqualTo("status 24");
        assertThat(WcStatus.name(-1)).isEqualTo("status -1");
    }

    @Test
    void shouldKnowEventsWhenLibraryIsNewer() {
        assertThat(CmEventType.of(9)).isEqualTo(CmEventType.ESTABLISHED);
        assertThat(CmEventType.of(15)).isEqualTo(CmEventType.TIMEWAIT_EXIT);
        assertThat(CmEventType.of(16)).isEqualTo(CmEventType.UNKNOWN);
        assertThat(CmEventType.of(-1)).isEqualTo(CmEventType.UNKNOWN);
    }
}
