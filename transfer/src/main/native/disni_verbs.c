/* The verbs half of com.ibm.disni.verbs.impl.NativeDispatcher. */
#include "library.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#define DISNI_VERSION 32

DISPATCHER(jlong, allocPd)(JNIEnv *env, jobject self, jlong context) {
    (void)self;
    if (!is_there(env, context, "ibv_alloc_pd")) {
        return 0;
    }
    errno = 0;
    struct ibv_pd *pd = ibv_alloc_pd(pointer(context));
    if (pd == NULL) {
        throw_failed(env, code_of_null(), "ibv_alloc_pd");
    }
    return handle_of(pd);
}

DISPATCHER(jlong, createCompChannel)(JNIEnv *env, jobject self, jlong context) {
    (void)self;
    if (!is_there(env, context, "ibv_create_comp_channel")) {
        return 0;
    }
    errno = 0;
    struct ibv_comp_channel *channel = ibv_create_comp_channel(pointer(context));
    if (channel == NULL) {
        throw_failed(env, code_of_null(), "ibv_create_comp_channel");
        return 0;
    }
    if (set_nonblocking(channel->fd) != 0) {
        throw_failed(env, code_of_null(), "fcntl of a completion channel");
        (void)ibv_destroy_comp_channel(channel);
        return 0;
    }
    return handle_of(channel);
}

/* Not clamped: a queue that is smaller than was asked for overflows. */
DISPATCHER(jlong, createCQ)(JNIEnv *env, jobject self, jlong context, jlong channel, jint entries, jint vector) {
    (void)self;
    if (!is_there(env, context, "ibv_create_cq")) {
        return 0;
    }
    errno = 0;
    struct ibv_cq *cq = ibv_create_cq(pointer(context), entries, NULL, pointer(channel), vector);
    if (cq == NULL) {
        throw_failed(env, code_of_null(), "ibv_create_cq(%d)", (int)entries);
    }
    return handle_of(cq);
}

/* Java never hands over the attributes. */
DISPATCHER(jint, modifyQP)(JNIEnv *env, jobject self, jlong qp, jlong attributes) {
    (void)self;
    (void)qp;
    (void)attributes;
    throw_unsupported(env, "DiSNI's modifyQP passes no attributes");
    return -1;
}

static void store(jlong address, uint32_t value) {
    memcpy(pointer(address), &value, sizeof value);
}

DISPATCHER(jlong, regMr)
(JNIEnv *env, jobject self, jlong pd, jlong address, jint length, jint access, jlong local_key, jlong remote_key,
 jlong handle) {
    size_t bytes = (uint32_t)length; // DiSNI has no long
    (void)self;
    if (!is_there(env, pd, "ibv_reg_mr") || !is_there(env, local_key, "ibv_reg_mr")
        || !is_there(env, remote_key, "ibv_reg_mr") || !is_there(env, handle, "ibv_reg_mr")) {
        return 0;
    }
    errno = 0;
    struct ibv_mr *mr = ibv_reg_mr(pointer(pd), pointer(address), bytes, access);
    if (mr == NULL) {
        throw_failed(env, code_of_null(), "ibv_reg_mr(%zu bytes)", bytes);
        return 0;
    }
    store(local_key, mr->lkey);
    store(remote_key, mr->rkey);
    store(handle, mr->handle);
    return handle_of(mr);
}

DISPATCHER(void, deregMr)(JNIEnv *env, jobject self, jlong mr) {
    (void)self;
    if (!is_there(env, mr, "ibv_dereg_mr")) {
        return;
    }
    errno = 0;
    int code = code_of(ibv_dereg_mr(pointer(mr)));
    if (code != 0) {
        throw_failed(env, code, "ibv_dereg_mr");
    }
}

/* Was of one vendor's former drivers. */
DISPATCHER(jint, queryOdpSupport)(JNIEnv *env, jobject self, jlong context) {
    (void)env;
    (void)self;
    (void)context;
    return -1;
}

DISPATCHER(jint, expPrefetchMr)(JNIEnv *env, jobject self, jlong mr, jlong address, jint length) {
    (void)env;
    (void)self;
    (void)mr;
    (void)address;
    (void)length;
    return -1;
}

static _Thread_local jint posted_before_failure;

DISPATCHER(void, postSend)(JNIEnv *env, jobject self, jlong qp, jlong list) {
    struct ibv_send_wr *first = pointer(list);
    struct ibv_send_wr *bad = NULL;
    (void)self;
    posted_before_failure = 0;
    if (!is_there(env, qp, "ibv_post_send") || !is_there(env, list, "ibv_post_send")) {
        return;
    }
    errno = 0;
    int code = code_of(ibv_post_send(pointer(qp), first, &bad));
    if (code == 0) {
        return;
    }
    jint posted = 0;
    if (bad != NULL) {
        for (struct ibv_send_wr *wr = first; wr != NULL && wr != bad; wr = wr->next) {
            posted++;
        }
    }
    posted_before_failure = posted;
    throw_failed(env, code, "ibv_post_send(request %d of the list)", (int)posted);
}

OURS(jint, postedBeforeFailure)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return posted_before_failure;
}

DISPATCHER(void, postRecv)(JNIEnv *env, jobject self, jlong qp, jlong list) {
    struct ibv_recv_wr *bad = NULL;
    (void)self;
    if (!is_there(env, qp, "ibv_post_recv") || !is_there(env, list, "ibv_post_recv")) {
        return;
    }
    errno = 0;
    int code = code_of(ibv_post_recv(pointer(qp), pointer(list), &bad));
    if (code != 0) {
        throw_failed(env, code, "ibv_post_recv");
    }
}

/* -1 when time ran out. */
DISPATCHER(jint, getCqEvent)(JNIEnv *env, jobject self, jlong channel, jint millis) {
    struct ibv_comp_channel *from = pointer(channel);
    struct ibv_cq *cq = NULL;
    void *context = NULL;
    (void)self;
    if (!is_there(env, channel, "ibv_get_cq_event")) {
        return -1;
    }
    errno = 0;
    int ready = wait_readable(from->fd, millis);
    if (ready == WAIT_TIMED_OUT) {
        return -1;
    }
    if (ready != WAIT_READY || ibv_get_cq_event(from, &cq, &context) != 0) {
        if (errno != EAGAIN) {
            throw_failed(env, code_of_null(), "ibv_get_cq_event");
        }
        return -1;
    }
    return 0;
}

static _Thread_local jlong polled_into;

DISPATCHER(jint, pollCQ)(JNIEnv *env, jobject self, jlong cq, jint entries, jlong list) {
    (void)self;
    if (!is_there(env, cq, "ibv_poll_cq") || !is_there(env, list, "ibv_poll_cq")) {
        return -1;
    }
    polled_into = list;
    errno = 0;
    int polled = ibv_poll_cq(pointer(cq), entries, pointer(list));
    if (polled < 0) {
        throw_failed(env, code_of(polled), "ibv_poll_cq");
    }
    return polled;
}

OURS(jlong, polledInto)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return polled_into;
}

DISPATCHER(jint, reqNotifyCQ)(JNIEnv *env, jobject self, jlong cq, jint solicited) {
    (void)self;
    if (!is_there(env, cq, "ibv_req_notify_cq")) {
        return -1;
    }
    errno = 0;
    int code = code_of(ibv_req_notify_cq(pointer(cq), solicited));
    if (code != 0) {
        throw_failed(env, code, "ibv_req_notify_cq");
    }
    return code;
}

DISPATCHER(jint, ackCqEvent)(JNIEnv *env, jobject self, jlong cq, jint events) {
    (void)env;
    (void)self;
    if (pointer(cq) == NULL || events < 0) {
        return EINVAL;
    }
    ibv_ack_cq_events(pointer(cq), (unsigned)events);
    return 0;
}

DISPATCHER(jint, destroyCompChannel)(JNIEnv *env, jobject self, jlong channel) {
    (void)env;
    (void)self;
    errno = 0;
    return pointer(channel) == NULL ? EINVAL : code_of(ibv_destroy_comp_channel(pointer(channel)));
}

DISPATCHER(jint, deallocPd)(JNIEnv *env, jobject self, jlong pd) {
    (void)env;
    (void)self;
    errno = 0;
    return pointer(pd) == NULL ? EINVAL : code_of(ibv_dealloc_pd(pointer(pd)));
}

DISPATCHER(jint, destroyCQ)(JNIEnv *env, jobject self, jlong cq) {
    (void)env;
    (void)self;
    errno = 0;
    return pointer(cq) == NULL ? EINVAL : code_of(ibv_destroy_cq(pointer(cq)));
}

DISPATCHER(jint, getQpNum)(JNIEnv *env, jobject self, jlong qp) {
    (void)self;
    return is_there(env, qp, "number of a queue pair") ? (jint)((struct ibv_qp *)pointer(qp))->qp_num : -1;
}

DISPATCHER(jint, getContextFd)(JNIEnv *env, jobject self, jlong context) {
    (void)self;
    return is_there(env, context, "file of a context") ? ((struct ibv_context *)pointer(context))->cmd_fd : -1;
}

DISPATCHER(jint, getContextNumCompVectors)(JNIEnv *env, jobject self, jlong context) {
    (void)self;
    return is_there(env, context, "vectors of a context")
        ? ((struct ibv_context *)pointer(context))->num_comp_vectors
        : -1;
}

DISPATCHER(jint, getPdHandle)(JNIEnv *env, jobject self, jlong pd) {
    (void)self;
    return is_there(env, pd, "handle of a protection domain") ? (jint)((struct ibv_pd *)pointer(pd))->handle : -1;
}

/* Java lays the structures out by these. */
#define NUMBER(name, value)                                                                                            \
    DISPATCHER(jint, name)(JNIEnv * env, jobject self) {                                                               \
        (void)env;                                                                                                     \
        (void)self;                                                                                                    \
        return (jint)(value);                                                                                          \
    }

NUMBER(getSockAddrInSize, sizeof(struct sockaddr_in))
NUMBER(getIbvRecvWRSize, sizeof(struct ibv_recv_wr))
NUMBER(getIbvSendWRSize, sizeof(struct ibv_send_wr))
NUMBER(getIbvSgeSize, sizeof(struct ibv_sge))
NUMBER(getIbvWCSize, sizeof(struct ibv_wc))
NUMBER(getRemoteAddressOffset, offsetof(struct ibv_send_wr, wr.rdma.remote_addr))
NUMBER(getRKeyOffset, offsetof(struct ibv_send_wr, wr.rdma.rkey))
NUMBER(getVersion, DISNI_VERSION)

/* SendList and CompletionQueue in Java write and read these places. */
_Static_assert(sizeof(struct ibv_send_wr) == 128 && sizeof(struct ibv_sge) == 16 && sizeof(struct ibv_wc) == 48, "size");
_Static_assert(offsetof(struct ibv_send_wr, next) == 8 && offsetof(struct ibv_send_wr, opcode) == 28, "send request");
_Static_assert(offsetof(struct ibv_send_wr, send_flags) == 32, "send request");
_Static_assert(offsetof(struct ibv_send_wr, wr.rdma.remote_addr) == 40, "send request");
_Static_assert(offsetof(struct ibv_send_wr, wr.rdma.rkey) == 48, "send request");
_Static_assert(offsetof(struct ibv_sge, length) == 8 && offsetof(struct ibv_sge, lkey) == 12, "piece of memory");
_Static_assert(offsetof(struct ibv_wc, status) == 8 && offsetof(struct ibv_wc, opcode) == 12, "completion");
_Static_assert(offsetof(struct ibv_wc, vendor_err) == 16, "completion");
