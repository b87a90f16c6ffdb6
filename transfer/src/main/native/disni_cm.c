/* The rdma_cm half of com.ibm.disni.verbs.impl.NativeDispatcher. */
#include "library.h"

#include <netinet/in.h>
#include <string.h>

#define NONE UINT64_MAX

DISPATCHER(jlong, createEventChannel)(JNIEnv *env, jobject self) {
    (void)self;
    return open_channel(env);
}

/* The port space is ignored: everything here is a reliable connection. */
DISPATCHER(jlong, createId)(JNIEnv *env, jobject self, jlong channel, jshort port_space) {
    (void)self;
    (void)port_space;
    return create_id(env, channel);
}

DISPATCHER(jlong, createQP)
(JNIEnv *env, jobject self, jlong id, jlong pd, jlong send_cq, jlong recv_cq, jint type, jint send_depth,
 jint recv_depth, jint inline_bytes) {
    struct ibv_qp_cap granted;
    struct queue_pair_wish wish = {
        .pd = pointer(pd),
        .send_cq = pointer(send_cq),
        .recv_cq = pointer(recv_cq),
        .type = type,
        .send_depth = send_depth,
        .recv_depth = recv_depth,
        .inline_bytes = inline_bytes,
        .pieces = 4,
    };
    (void)self;
    if (!is_there(env, id, "rdma_create_qp") || !is_there(env, pd, "rdma_create_qp in a protection domain")
        || !is_there(env, send_cq, "rdma_create_qp with a completion queue")
        || !is_there(env, recv_cq, "rdma_create_qp with a completion queue")) {
        return 0;
    }
    return handle_of(create_queue_pair(env, pointer(id), &wish, &granted));
}

/* DiSNI writes 8 of the 16 bytes and reuses the memory. */
static bool ipv4(JNIEnv *env, jlong address, const char *call, struct sockaddr_in *into) {
    struct sockaddr_in given;
    if (!is_there(env, address, call)) {
        return false;
    }
    memcpy(&given, pointer(address), sizeof given);
    if (given.sin_family != AF_INET) {
        throw_failed(env, EAFNOSUPPORT, "%s", call);
        return false;
    }
    memset(into, 0, sizeof *into);
    into->sin_family = AF_INET;
    into->sin_port = given.sin_port;
    into->sin_addr = given.sin_addr;
    return true;
}

DISPATCHER(void, bindAddr)(JNIEnv *env, jobject self, jlong id, jlong address) {
    struct sockaddr_in local;
    (void)self;
    if (!is_there(env, id, "rdma_bind_addr") || !ipv4(env, address, "rdma_bind_addr", &local)) {
        return;
    }
    errno = 0;
    int code = code_of(rdma_bind_addr(pointer(id), (struct sockaddr *)&local));
    if (code != 0) {
        throw_failed(env, code, "rdma_bind_addr");
    }
}

DISPATCHER(void, listen)(JNIEnv *env, jobject self, jlong id, jint backlog) {
    (void)self;
    if (!is_there(env, id, "rdma_listen")) {
        return;
    }
    errno = 0;
    int code = code_of(rdma_listen(pointer(id), backlog));
    if (code != 0) {
        throw_failed(env, code, "rdma_listen");
    }
}

DISPATCHER(void, resolveAddr)(JNIEnv *env, jobject self, jlong id, jlong source, jlong destination, jint millis) {
    struct sockaddr_in from;
    struct sockaddr_in to;
    bool bound = source != 0 && source != -1;
    (void)self;
    if (!is_there(env, id, "rdma_resolve_addr") || !ipv4(env, destination, "rdma_resolve_addr", &to)
        || (bound && !ipv4(env, source, "rdma_resolve_addr", &from))) {
        return;
    }
    errno = 0;
    int code = code_of(rdma_resolve_addr(
        pointer(id), bound ? (struct sockaddr *)&from : NULL, (struct sockaddr *)&to, millis));
    if (code != 0) {
        throw_failed(env, code, "rdma_resolve_addr");
    }
}

DISPATCHER(void, resolveRoute)(JNIEnv *env, jobject self, jlong id, jint millis) {
    (void)self;
    if (!is_there(env, id, "rdma_resolve_route")) {
        return;
    }
    errno = 0;
    int code = code_of(rdma_resolve_route(pointer(id), millis));
    if (code != 0) {
        throw_failed(env, code, "rdma_resolve_route");
    }
}

static void store(jlong address, const void *pointed) {
    uint64_t value = pointed == NULL ? NONE : (uint64_t)(uintptr_t)pointed;
    memcpy(pointer(address), &value, sizeof value);
}

/* Declared without an exception: -1 is a failure, too. */
DISPATCHER(jint, getCmEvent)
(JNIEnv *env, jobject self, jlong channel, jlong listen_id, jlong client_id, jint millis) {
    struct rdma_event_channel *from = pointer(channel);
    struct rdma_cm_event *event = NULL;
    (void)env;
    (void)self;
    if (from == NULL || pointer(listen_id) == NULL || pointer(client_id) == NULL
        || wait_readable(from->fd, millis) != WAIT_READY || rdma_get_cm_event(from, &event) != 0 || event == NULL) {
        return -1;
    }
    int type = (int)event->event;
    store(listen_id, event->listen_id);
    store(client_id, event->id);
    (void)rdma_ack_cm_event(event);
    return type;
}

/* Acknowledged when it was fetched. */
DISPATCHER(jint, ackCmEvent)(JNIEnv *env, jobject self, jint event) {
    (void)env;
    (void)self;
    (void)event;
    return 0;
}

DISPATCHER(void, connect)
(JNIEnv *env, jobject self, jlong id, jint retries, jint rnr_retries, jlong private_data, jbyte length) {
    const void *data = pointer(private_data);
    (void)self;
    if (!is_there(env, id, "rdma_connect")) {
        return;
    }
    int code = connect_id(pointer(id), retries, rnr_retries, data, data == NULL ? 0 : (uint8_t)length);
    if (code != 0) {
        throw_failed(env, code, "rdma_connect");
    }
}

DISPATCHER(void, accept)(JNIEnv *env, jobject self, jlong id, jint retries, jint rnr_retries) {
    (void)self;
    if (!is_there(env, id, "rdma_accept")) {
        return;
    }
    int code = accept_id(pointer(id), retries, rnr_retries);
    if (code != 0) {
        throw_failed(env, code, "rdma_accept");
    }
}

DISPATCHER(jint, disconnect)(JNIEnv *env, jobject self, jlong id) {
    (void)env;
    (void)self;
    errno = 0;
    return pointer(id) == NULL ? EINVAL : code_of(rdma_disconnect(pointer(id)));
}

DISPATCHER(jint, destroyEventChannel)(JNIEnv *env, jobject self, jlong channel) {
    (void)env;
    (void)self;
    if (pointer(channel) == NULL) {
        return EINVAL;
    }
    rdma_destroy_event_channel(pointer(channel));
    return 0;
}

DISPATCHER(jint, destroyCmId)(JNIEnv *env, jobject self, jlong id) {
    (void)env;
    (void)self;
    errno = 0;
    return pointer(id) == NULL ? EINVAL : code_of(rdma_destroy_id(pointer(id)));
}

/* Takes the id, in spite of its name. */
DISPATCHER(jint, destroyQP)(JNIEnv *env, jobject self, jlong id) {
    (void)env;
    (void)self;
    return pointer(id) == NULL ? EINVAL : destroy_queue_pair(pointer(id));
}

DISPATCHER(jint, destroyEp)(JNIEnv *env, jobject self, jlong id) {
    (void)env;
    (void)self;
    if (pointer(id) == NULL) {
        return EINVAL;
    }
    rdma_destroy_ep(pointer(id));
    return 0;
}

static jint copy_ipv4(const struct sockaddr *address, jlong into) {
    if (address == NULL || pointer(into) == NULL || address->sa_family != AF_INET) {
        return EAFNOSUPPORT;
    }
    memcpy(pointer(into), address, sizeof(struct sockaddr_in));
    return 0;
}

DISPATCHER(jint, getSrcAddr)(JNIEnv *env, jobject self, jlong id, jlong into) {
    (void)env;
    (void)self;
    return pointer(id) == NULL ? EINVAL : copy_ipv4(rdma_get_local_addr(pointer(id)), into);
}

DISPATCHER(jint, getDstAddr)(JNIEnv *env, jobject self, jlong id, jlong into) {
    (void)env;
    (void)self;
    return pointer(id) == NULL ? EINVAL : copy_ipv4(rdma_get_peer_addr(pointer(id)), into);
}

DISPATCHER(jlong, getContext)(JNIEnv *env, jobject self, jlong id) {
    const struct rdma_cm_id *of = pointer(id);
    (void)env;
    (void)self;
    return of == NULL || of->verbs == NULL ? -1 : handle_of(of->verbs);
}
