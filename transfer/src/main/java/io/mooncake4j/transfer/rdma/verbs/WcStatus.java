package io.mooncake4j.transfer.rdma.verbs;

import java.util.List;

/** The status of a completion: {@code enum ibv_wc_status}. */
public final class WcStatus {
    /** The request was carried out. */
    public static final int SUCCESS = 0;
    /** The queue pair was in its error state; on iWARP also what a wrong key gives. */
    public static final int WR_FLUSH_ERR = 5;

    private static final List<String> NAMES = List.of(
            "SUCCESS",
            "LOC_LEN_ERR",
            "LOC_QP_OP_ERR",
            "LOC_EEC_OP_ERR",
            "LOC_PROT_ERR",
            "WR_FLUSH_ERR",
            "MW_BIND_ERR",
            "BAD_RESP_ERR",
            "LOC_ACCESS_ERR",
            "REM_INV_REQ_ERR",
            "REM_ACCESS_ERR",
            "REM_OP_ERR",
            "RETRY_EXC_ERR",
            "RNR_RETRY_EXC_ERR",
            "LOC_RDD_VIOL_ERR",
            "REM_INV_RD_REQ_ERR",
            "REM_ABORT_ERR",
            "INV_EECN_ERR",
            "INV_EEC_STATE_ERR",
            "FATAL_ERR",
            "RESP_TIMEOUT_ERR",
            "GENERAL_ERR",
            "TM_ERR",
            "TM_RNDV_INCOMPLETE");

    private WcStatus() {}

    /** Such as {@code REM_ACCESS_ERR}; of an unknown one the number. */
    public static String name(int status) {
        return status >= 0 && status < NAMES.size() ? NAMES.get(status) : "status " + status;
    }
}
