/* Queue pairs without rdma_cm, moved through their states by hand, for NativeVerbs. */
#include "library.h"

#include <string.h>

#define GID_BYTES 16
/* Packets may pass so many routers. */
#define HOP_LIMIT 255

OURS(jlong, createOwnQp)
(JNIEnv *env, jclass type, jlong pd, jlong cq, jint send_depth, jint recv_depth, jint inline_bytes, jintArray out) {
    (void)type;
    return create_queue_pair_for_java(env, NULL, pd, cq, send_depth, recv_depth, inline_bytes, out);
}

OURS(void, destroyOwnQp)(JNIEnv *env, jclass type, jlong qp) {
    (void)type;
    if (is_there(env, qp, "ibv_destroy_qp")) {
        errno = 0;
        int code = code_of(ibv_destroy_qp(pointer(qp)));
        if (code != 0) {
            throw_failed(env, code, "ibv_destroy_qp");
        }
    }
}

/* What the call itself answers counts: errno, or another call, may say something else. */
static void move(JNIEnv *env, jlong qp, struct ibv_qp_attr *attr, unsigned mask, const char *step) {
    errno = 0;
    int code = code_of(ibv_modify_qp(pointer(qp), attr, (int)(mask | IBV_QP_STATE)));
    if (code != 0) {
        throw_failed(env, code, "ibv_modify_qp(%s)", step);
    }
}

OURS(void, qpToInit)(JNIEnv *env, jclass type, jlong qp, jint port, jint pkey_index) {
    struct ibv_qp_attr attr;
    (void)type;
    if (!is_there(env, qp, "ibv_modify_qp")) {
        return;
    }
    memset(&attr, 0, sizeof attr);
    attr.qp_state = IBV_QPS_INIT;
    attr.port_num = (uint8_t)port;
    attr.pkey_index = (uint16_t)pkey_index;
    attr.qp_access_flags = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE;
    move(env, qp, &attr, IBV_QP_PORT | IBV_QP_PKEY_INDEX | IBV_QP_ACCESS_FLAGS, "RESET -> INIT");
}

OURS(void, qpToReceive)
(JNIEnv *env, jclass type, jlong qp, jint port, jint gid_index, jint mtu, jint peer_number, jint peer_sequence,
 jint peer_lid, jbyteArray peer_gid, jint reads, jint traffic_class, jint service_level) {
    struct ibv_qp_attr attr;
    (void)type;
    if (!is_there(env, qp, "ibv_modify_qp")) {
        return;
    }
    memset(&attr, 0, sizeof attr);
    if ((*env)->GetArrayLength(env, peer_gid) != GID_BYTES) {
        throw_failed(env, EINVAL, "ibv_modify_qp to a GID that has not 16 bytes");
        return;
    }
    (*env)->GetByteArrayRegion(env, peer_gid, 0, GID_BYTES, (jbyte *)attr.ah_attr.grh.dgid.raw);
    attr.qp_state = IBV_QPS_RTR;
    attr.path_mtu = (enum ibv_mtu)mtu;
    attr.dest_qp_num = (uint32_t)peer_number;
    attr.rq_psn = (uint32_t)peer_sequence;
    attr.max_dest_rd_atomic = (uint8_t)reads;
    attr.min_rnr_timer = 12; // 0.64 ms
    attr.ah_attr.is_global = 1;
    attr.ah_attr.grh.sgid_index = (uint8_t)gid_index;
    attr.ah_attr.grh.hop_limit = HOP_LIMIT;
    attr.ah_attr.grh.traffic_class = (uint8_t)traffic_class;
    attr.ah_attr.dlid = (uint16_t)peer_lid;
    attr.ah_attr.sl = (uint8_t)service_level;
    attr.ah_attr.port_num = (uint8_t)port;
    move(
        env,
        qp,
        &attr,
        IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN | IBV_QP_RQ_PSN | IBV_QP_MAX_DEST_RD_ATOMIC
            | IBV_QP_MIN_RNR_TIMER,
        "INIT -> RTR");
}

OURS(void, qpToSend)
(JNIEnv *env, jclass type, jlong qp, jint sequence, jint reads, jint timeout, jint retries) {
    struct ibv_qp_attr attr;
    (void)type;
    if (!is_there(env, qp, "ibv_modify_qp")) {
        return;
    }
    memset(&attr, 0, sizeof attr);
    attr.qp_state = IBV_QPS_RTS;
    attr.sq_psn = (uint32_t)sequence;
    attr.max_rd_atomic = (uint8_t)reads;
    attr.timeout = (uint8_t)timeout;
    attr.retry_cnt = (uint8_t)retries;
    attr.rnr_retry = (uint8_t)retries;
    move(
        env,
        qp,
        &attr,
        IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY,
        "RTR -> RTS");
}
