/* rdma_cm for NativeVerbs: what DiSNI's loses (status, private data, reject, the source address) or leaks. */
#include "library.h"

#include <netinet/in.h>
#include <string.h>

#define IPV4_BYTES 4
#define IPV6_BYTES 16

OURS(jlong, createChannel)(JNIEnv *env, jclass type) {
    (void)type;
    return open_channel(env);
}

OURS(void, destroyChannel)(JNIEnv *env, jclass type, jlong channel) {
    (void)type;
    if (is_there(env, channel, "rdma_destroy_event_channel")) {
        rdma_destroy_event_channel(pointer(channel));
    }
}

/* Copies what the event holds, then acknowledges it: nothing of it may be used afterwards. */
static jint take(JNIEnv *env, struct rdma_cm_event *event, jlongArray out, jbyteArray private_data) {
    jint type = (jint)event->event;
    const struct rdma_conn_param *param = &event->param.conn;
    jsize length = param->private_data == NULL ? 0 : param->private_data_len;
    jsize room = (*env)->GetArrayLength(env, private_data);
    length = length > room ? room : length;
    jlong values[] = {handle_of(event->id), handle_of(event->listen_id), event->status, length};
    (*env)->SetLongArrayRegion(env, out, 0, 4, values);
    if (length > 0) {
        (*env)->SetByteArrayRegion(env, private_data, 0, length, param->private_data);
    }
    errno = 0;
    int code = code_of(rdma_ack_cm_event(event));
    if (code != 0 && !(*env)->ExceptionCheck(env)) {
        throw_failed(env, code, "rdma_ack_cm_event");
    }
    return type;
}

/* Takes no event: the caller may wait without its lock. */
OURS(jboolean, awaitEvent)(JNIEnv *env, jclass type, jlong channel, jint millis) {
    (void)type;
    if (!is_there(env, channel, "poll of an event channel")) {
        return JNI_FALSE;
    }
    errno = 0;
    int ready = wait_readable(((struct rdma_event_channel *)pointer(channel))->fd, millis);
    if (ready == WAIT_READY || ready == WAIT_TIMED_OUT) {
        return ready == WAIT_READY ? JNI_TRUE : JNI_FALSE;
    }
    throw_failed(env, code_of_null(), "poll of an event channel");
    return JNI_FALSE;
}

/*
 * rdma_get_cm_event itself moves the id's queue pair to its error state when the peer refuses or ends the connection
 * (librdmacm's cma.c): nobody may destroy that meanwhile. So it doesn't wait here, and its callers hold a lock.
 */
OURS(jint, nextEvent)(JNIEnv *env, jclass type, jlong channel, jlongArray out, jbyteArray private_data) {
    struct rdma_event_channel *from = pointer(channel);
    struct rdma_cm_event *event = NULL;
    (void)type;
    if (!is_there(env, channel, "rdma_get_cm_event")) {
        return -1;
    }
    errno = 0;
    if (rdma_get_cm_event(from, &event) != 0 || event == NULL) {
        if (errno != EAGAIN) {
            throw_failed(env, code_of_null(), "rdma_get_cm_event");
        }
        return -1;
    }
    return take(env, event, out, private_data);
}

OURS(jlong, createId)(JNIEnv *env, jclass type, jlong channel) {
    (void)type;
    return create_id(env, channel);
}

static void check(JNIEnv *env, int code, const char *call) {
    if (code != 0) {
        throw_failed(env, code, "%s", call);
    }
}

OURS(void, destroyId)(JNIEnv *env, jclass type, jlong id) {
    (void)type;
    if (is_there(env, id, "rdma_destroy_id")) {
        errno = 0;
        check(env, code_of(rdma_destroy_id(pointer(id))), "rdma_destroy_id");
    }
}

/* Throws where the array holds neither 4 nor 16 bytes. */
static bool fill(JNIEnv *env, jbyteArray bytes, jint port, struct sockaddr_storage *into) {
    jsize length = (*env)->GetArrayLength(env, bytes);
    memset(into, 0, sizeof *into);
    if (length == IPV4_BYTES) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)into;
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        (*env)->GetByteArrayRegion(env, bytes, 0, length, (jbyte *)&v4->sin_addr);
        return true;
    }
    if (length == IPV6_BYTES) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)into;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        (*env)->GetByteArrayRegion(env, bytes, 0, length, (jbyte *)&v6->sin6_addr);
        return true;
    }
    throw_failed(env, EAFNOSUPPORT, "an address of %d bytes", (int)length);
    return false;
}

OURS(void, bind)(JNIEnv *env, jclass type, jlong id, jbyteArray address, jint port) {
    struct sockaddr_storage local;
    (void)type;
    if (is_there(env, id, "rdma_bind_addr") && fill(env, address, port, &local)) {
        errno = 0;
        check(env, code_of(rdma_bind_addr(pointer(id), (struct sockaddr *)&local)), "rdma_bind_addr");
    }
}

OURS(void, listen)(JNIEnv *env, jclass type, jlong id, jint backlog) {
    (void)type;
    if (is_there(env, id, "rdma_listen")) {
        errno = 0;
        check(env, code_of(rdma_listen(pointer(id), backlog)), "rdma_listen");
    }
}

OURS(void, resolveAddress)
(JNIEnv *env, jclass type, jlong id, jbyteArray from, jint from_port, jbyteArray to, jint to_port, jint millis) {
    struct sockaddr_storage source;
    struct sockaddr_storage destination;
    (void)type;
    if (!is_there(env, id, "rdma_resolve_addr") || (from != NULL && !fill(env, from, from_port, &source))
        || !fill(env, to, to_port, &destination)) {
        return;
    }
    errno = 0;
    check(
        env,
        code_of(rdma_resolve_addr(
            pointer(id), from == NULL ? NULL : (struct sockaddr *)&source, (struct sockaddr *)&destination, millis)),
        "rdma_resolve_addr");
}

OURS(void, resolveRoute)(JNIEnv *env, jclass type, jlong id, jint millis) {
    (void)type;
    if (is_there(env, id, "rdma_resolve_route")) {
        errno = 0;
        check(env, code_of(rdma_resolve_route(pointer(id), millis)), "rdma_resolve_route");
    }
}

/* How many bytes were copied; -1 and an exception where they don't fit. */
static jsize copy(JNIEnv *env, jbyteArray from, uint8_t into[PRIVATE_DATA_MAX], const char *call) {
    jsize length = (*env)->GetArrayLength(env, from);
    if (length > PRIVATE_DATA_MAX) {
        throw_failed(env, EMSGSIZE, "%s with %d bytes of private data", call, (int)length);
        return -1;
    }
    (*env)->GetByteArrayRegion(env, from, 0, length, (jbyte *)into);
    return length;
}

OURS(void, connect)(JNIEnv *env, jclass type, jlong id, jbyteArray private_data, jint retries) {
    uint8_t data[PRIVATE_DATA_MAX];
    (void)type;
    if (!is_there(env, id, "rdma_connect")) {
        return;
    }
    jsize length = copy(env, private_data, data, "rdma_connect");
    if (length >= 0) {
        check(env, connect_id(pointer(id), retries, retries, data, (uint8_t)length), "rdma_connect");
    }
}

OURS(void, accept)(JNIEnv *env, jclass type, jlong id, jint retries) {
    (void)type;
    if (is_there(env, id, "rdma_accept")) {
        check(env, accept_id(pointer(id), retries, retries), "rdma_accept");
    }
}

OURS(void, reject)(JNIEnv *env, jclass type, jlong id, jbyteArray private_data) {
    uint8_t data[PRIVATE_DATA_MAX];
    (void)type;
    if (!is_there(env, id, "rdma_reject")) {
        return;
    }
    jsize length = copy(env, private_data, data, "rdma_reject");
    if (length >= 0) {
        errno = 0;
        check(env, code_of(rdma_reject(pointer(id), length == 0 ? NULL : data, (uint8_t)length)), "rdma_reject");
    }
}

OURS(jbyteArray, localAddress)(JNIEnv *env, jclass type, jlong id, jintArray out) {
    const struct sockaddr *address;
    const void *bytes;
    jsize length;
    jint port;
    (void)type;
    if (!is_there(env, id, "address of an id")) {
        return NULL;
    }
    address = rdma_get_local_addr(pointer(id));
    if (address != NULL && address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        bytes = &v4->sin_addr;
        length = IPV4_BYTES;
        port = ntohs(v4->sin_port);
    } else if (address != NULL && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        bytes = &v6->sin6_addr;
        length = IPV6_BYTES;
        port = ntohs(v6->sin6_port);
    } else {
        throw_failed(env, EADDRNOTAVAIL, "local address of an id");
        return NULL;
    }
    (*env)->SetIntArrayRegion(env, out, 0, 1, &port);
    jbyteArray array = (*env)->NewByteArray(env, length);
    if (array != NULL) {
        (*env)->SetByteArrayRegion(env, array, 0, length, bytes);
    }
    return array;
}

OURS(jlong, contextOf)(JNIEnv *env, jclass type, jlong id) {
    (void)env;
    (void)type;
    return pointer(id) == NULL ? 0 : handle_of(((struct rdma_cm_id *)pointer(id))->verbs);
}
