/* Queue pairs, completion queues and memory for NativeVerbs. */
#include "library.h"

#include <string.h>

OURS(jlong, createQp)
(JNIEnv *env, jclass type, jlong id, jlong pd, jlong cq, jint send_depth, jint recv_depth, jint inline_bytes,
 jintArray out) {
    struct ibv_qp_cap granted;
    struct queue_pair_wish wish = {
        .pd = pointer(pd),
        .send_cq = pointer(cq),
        .recv_cq = pointer(cq),
        .type = IBV_QPT_RC,
        .send_depth = send_depth,
        .recv_depth = recv_depth,
        .inline_bytes = inline_bytes,
        .pieces = 1,
    };
    (void)type;
    if (!is_there(env, id, "rdma_create_qp") || !is_there(env, pd, "rdma_create_qp in a protection domain")
        || !is_there(env, cq, "rdma_create_qp with a completion queue")) {
        return 0;
    }
    memset(&granted, 0, sizeof granted);
    struct ibv_qp *qp = create_queue_pair(env, pointer(id), &wish, &granted);
    if (qp != NULL) {
        jint values[] = {
            (jint)granted.max_send_wr,
            (jint)granted.max_recv_wr,
            (jint)granted.max_send_sge,
            (jint)granted.max_recv_sge,
            (jint)granted.max_inline_data,
        };
        (*env)->SetIntArrayRegion(env, out, 0, 5, values);
    }
    return handle_of(qp);
}

OURS(jint, qpNumber)(JNIEnv *env, jclass type, jlong qp) {
    (void)type;
    return is_there(env, qp, "number of a queue pair") ? (jint)((struct ibv_qp *)pointer(qp))->qp_num : -1;
}

OURS(jint, qpState)(JNIEnv *env, jclass type, jlong qp) {
    struct ibv_qp_attr attr;
    struct ibv_qp_init_attr init;
    (void)type;
    if (!is_there(env, qp, "ibv_query_qp")) {
        return -1;
    }
    memset(&attr, 0, sizeof attr);
    memset(&init, 0, sizeof init);
    errno = 0;
    int code = code_of(ibv_query_qp(pointer(qp), &attr, IBV_QP_STATE, &init));
    if (code != 0) {
        throw_failed(env, code, "ibv_query_qp");
        return -1;
    }
    return (jint)attr.qp_state;
}

OURS(void, qpToError)(JNIEnv *env, jclass type, jlong qp) {
    struct ibv_qp_attr attr;
    (void)type;
    if (!is_there(env, qp, "ibv_modify_qp")) {
        return;
    }
    memset(&attr, 0, sizeof attr);
    attr.qp_state = IBV_QPS_ERR;
    errno = 0;
    int code = code_of(ibv_modify_qp(pointer(qp), &attr, IBV_QP_STATE));
    if (code != 0) {
        throw_failed(env, code, "ibv_modify_qp(ERR)");
    }
}

OURS(void, destroyQp)(JNIEnv *env, jclass type, jlong id) {
    (void)type;
    if (is_there(env, id, "ibv_destroy_qp")) {
        int code = destroy_queue_pair(pointer(id));
        if (code != 0) {
            throw_failed(env, code, "ibv_destroy_qp");
        }
    }
}

OURS(jlong, createCq)(JNIEnv *env, jclass type, jlong context, jint entries) {
    (void)type;
    if (!is_there(env, context, "ibv_create_cq")) {
        return 0;
    }
    errno = 0;
    struct ibv_cq *cq = ibv_create_cq(pointer(context), entries, NULL, NULL, 0);
    if (cq == NULL) {
        throw_failed(env, code_of_null(), "ibv_create_cq(%d)", (int)entries);
    }
    return handle_of(cq);
}

OURS(void, destroyCq)(JNIEnv *env, jclass type, jlong cq) {
    (void)type;
    if (is_there(env, cq, "ibv_destroy_cq")) {
        errno = 0;
        int code = code_of(ibv_destroy_cq(pointer(cq)));
        if (code != 0) {
            throw_failed(env, code, "ibv_destroy_cq");
        }
    }
}

OURS(void, deallocPd)(JNIEnv *env, jclass type, jlong pd) {
    (void)type;
    if (is_there(env, pd, "ibv_dealloc_pd")) {
        errno = 0;
        int code = code_of(ibv_dealloc_pd(pointer(pd)));
        if (code != 0) {
            throw_failed(env, code, "ibv_dealloc_pd");
        }
    }
}

OURS(jlong, register)
(JNIEnv *env, jclass type, jlong pd, jlong address, jlong length, jboolean remote_read, jboolean remote_write,
 jintArray out) {
    int access = IBV_ACCESS_LOCAL_WRITE | (remote_read ? IBV_ACCESS_REMOTE_READ : 0)
        | (remote_write ? IBV_ACCESS_REMOTE_WRITE : 0);
    (void)type;
    if (!is_there(env, pd, "ibv_reg_mr in a protection domain")) {
        return 0;
    }
    if (length <= 0 || pointer(address) == NULL) {
        throw_failed(env, EINVAL, "ibv_reg_mr(%lld bytes)", (long long)length);
        return 0;
    }
    errno = 0;
    struct ibv_mr *mr = ibv_reg_mr(pointer(pd), pointer(address), (size_t)length, (unsigned)access);
    if (mr == NULL) {
        throw_failed(env, code_of_null(), "ibv_reg_mr(%lld bytes)", (long long)length);
        return 0;
    }
    jint keys[] = {(jint)mr->lkey, (jint)mr->rkey};
    (*env)->SetIntArrayRegion(env, out, 0, 2, keys);
    return handle_of(mr);
}

OURS(void, deregister)(JNIEnv *env, jclass type, jlong mr) {
    (void)type;
    if (is_there(env, mr, "ibv_dereg_mr")) {
        errno = 0;
        int code = code_of(ibv_dereg_mr(pointer(mr)));
        if (code != 0) {
            throw_failed(env, code, "ibv_dereg_mr");
        }
    }
}

OURS(jlong, address)(JNIEnv *env, jclass type, jobject buffer) {
    (void)type;
    return handle_of((*env)->GetDirectBufferAddress(env, buffer));
}

OURS(jobject, view)(JNIEnv *env, jclass type, jlong address, jlong length) {
    (void)type;
    return (*env)->NewDirectByteBuffer(env, pointer(address), length);
}
