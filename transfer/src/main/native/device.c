/* Devices, ports, GIDs and async events for NativeVerbs. */
#include "library.h"

#include <string.h>

/* The list, to be freed; null for none, with an exception where that is a failure. */
static struct ibv_device **devices(JNIEnv *env, int *count) {
    *count = 0;
    errno = 0;
    struct ibv_device **list = ibv_get_device_list(count);
    if (list == NULL && errno != ENOSYS && errno != ENOENT) { // these mean: a kernel without RDMA
        throw_failed(env, code_of_null(), "ibv_get_device_list");
    }
    return list;
}

OURS(jobjectArray, deviceNames)(JNIEnv *env, jclass type) {
    int count;
    (void)type;
    struct ibv_device **list = devices(env, &count);
    if ((*env)->ExceptionCheck(env)) {
        return NULL;
    }
    jclass string = (*env)->FindClass(env, "java/lang/String");
    jobjectArray names = string == NULL ? NULL : (*env)->NewObjectArray(env, count, string, NULL);
    for (int i = 0; names != NULL && i < count; i++) {
        jstring name = (*env)->NewStringUTF(env, ibv_get_device_name(list[i]));
        if (name == NULL) {
            names = NULL;
        } else {
            (*env)->SetObjectArrayElement(env, names, i, name);
            (*env)->DeleteLocalRef(env, name);
        }
    }
    if (list != NULL) {
        ibv_free_device_list(list);
    }
    return names;
}

OURS(jlong, openDevice)(JNIEnv *env, jclass type, jstring name) {
    int count;
    struct ibv_context *context = NULL;
    (void)type;
    const char *wanted = (*env)->GetStringUTFChars(env, name, NULL);
    if (wanted == NULL) {
        return 0;
    }
    struct ibv_device **list = devices(env, &count);
    int code = ENODEV;
    for (int i = 0; i < count; i++) {
        const char *found = ibv_get_device_name(list[i]);
        if (found != NULL && strcmp(found, wanted) == 0) {
            errno = 0;
            context = ibv_open_device(list[i]);
            code = context == NULL ? code_of_null() : 0;
        }
    }
    if (context == NULL && !(*env)->ExceptionCheck(env)) {
        throw_failed(env, code, "ibv_open_device(%s)", wanted);
    }
    if (list != NULL) {
        ibv_free_device_list(list);
    }
    (*env)->ReleaseStringUTFChars(env, name, wanted);
    return handle_of(context);
}

OURS(void, closeDevice)(JNIEnv *env, jclass type, jlong context) {
    (void)type;
    if (is_there(env, context, "ibv_close_device")) {
        errno = 0;
        int code = code_of(ibv_close_device(pointer(context)));
        if (code != 0) {
            throw_failed(env, code, "ibv_close_device");
        }
    }
}

static const char *name_of(jlong context) {
    const char *name = ibv_get_device_name(((struct ibv_context *)pointer(context))->device);
    return name == NULL ? "?" : name;
}

OURS(jstring, deviceName)(JNIEnv *env, jclass type, jlong context) {
    (void)type;
    return is_there(env, context, "name of a context") ? (*env)->NewStringUTF(env, name_of(context)) : NULL;
}

OURS(void, queryDevice)(JNIEnv *env, jclass type, jlong context, jlongArray out) {
    struct ibv_device_attr attr;
    (void)type;
    if (!is_there(env, context, "ibv_query_device")) {
        return;
    }
    memset(&attr, 0, sizeof attr);
    errno = 0;
    int code = code_of(ibv_query_device(pointer(context), &attr));
    if (code != 0) {
        throw_failed(env, code, "ibv_query_device(%s)", name_of(context));
        return;
    }
    const struct ibv_device *device = ((struct ibv_context *)pointer(context))->device;
    jlong values[] = {
        attr.max_qp,
        attr.max_qp_wr,
        attr.max_sge,
        attr.max_sge_rd,
        attr.max_cq,
        attr.max_cqe,
        attr.max_mr,
        (jlong)attr.max_mr_size,
        attr.max_qp_rd_atom,
        attr.phys_port_cnt,
        attr.vendor_id,
        device->transport_type == IBV_TRANSPORT_IWARP,
    };
    (*env)->SetLongArrayRegion(env, out, 0, (jsize)(sizeof values / sizeof values[0]), values);
}

/* What a queue pair with one piece of memory per request got that asked for so many inline bytes; -1 for none made. */
static jint granted_inline(struct ibv_pd *pd, struct ibv_cq *cq, uint32_t wanted) {
    struct ibv_qp_init_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.send_cq = cq;
    attr.recv_cq = cq;
    attr.qp_type = IBV_QPT_RC;
    attr.cap = (struct ibv_qp_cap){
        .max_send_wr = 1, .max_recv_wr = 1, .max_send_sge = 1, .max_recv_sge = 1, .max_inline_data = wanted};
    struct ibv_qp *qp = ibv_create_qp(pd, &attr);
    if (qp == NULL) {
        return -1;
    }
    (void)ibv_destroy_qp(qp);
    return (jint)attr.cap.max_inline_data;
}

/* No attribute of a device says it. eRDMA takes 96, siw 80; more than the first few cost the queue its depth elsewhere. */
OURS(jint, trialInline)(JNIEnv *env, jclass type, jlong context) {
    static const uint32_t WANTED[] = {256, 128, 96, 80, 64, 32, 16, 0};
    jint granted = -1;
    (void)type;
    if (!is_there(env, context, "ibv_create_qp")) {
        return 0;
    }
    struct ibv_pd *pd = ibv_alloc_pd(pointer(context));
    struct ibv_cq *cq = ibv_create_cq(pointer(context), 1, NULL, NULL, 0);
    for (size_t i = 0; pd != NULL && cq != NULL && granted < 0 && i < sizeof WANTED / sizeof WANTED[0]; i++) {
        granted = granted_inline(pd, cq, WANTED[i]);
    }
    if (cq != NULL) {
        (void)ibv_destroy_cq(cq);
    }
    if (pd != NULL) {
        (void)ibv_dealloc_pd(pd);
    }
    return granted < 0 ? 0 : granted;
}

OURS(void, queryPort)(JNIEnv *env, jclass type, jlong context, jint port, jlongArray out) {
    struct ibv_port_attr attr;
    (void)type;
    if (!is_there(env, context, "ibv_query_port")) {
        return;
    }
    memset(&attr, 0, sizeof attr);
    errno = 0;
    int code = port < 0 || port > UINT8_MAX ? EINVAL : code_of(ibv_query_port(pointer(context), (uint8_t)port, &attr));
    if (code != 0) {
        throw_failed(env, code, "ibv_query_port(%s, %d)", name_of(context), (int)port);
        return;
    }
    jlong values[] = {(jlong)attr.state, (jlong)attr.active_mtu, attr.gid_tbl_len, attr.max_msg_sz, attr.link_layer};
    (*env)->SetLongArrayRegion(env, out, 0, (jsize)(sizeof values / sizeof values[0]), values);
}

OURS(jbyteArray, queryGid)(JNIEnv *env, jclass type, jlong context, jint port, jint index) {
    union ibv_gid gid;
    (void)type;
    if (!is_there(env, context, "ibv_query_gid")) {
        return NULL;
    }
    memset(&gid, 0, sizeof gid);
    errno = 0;
    int code = port < 0 || port > UINT8_MAX ? EINVAL
                                            : code_of(ibv_query_gid(pointer(context), (uint8_t)port, index, &gid));
    if (code != 0) {
        throw_failed(env, code, "ibv_query_gid(%s, %d, %d)", name_of(context), (int)port, (int)index);
        return NULL;
    }
    jbyteArray bytes = (*env)->NewByteArray(env, sizeof gid.raw);
    if (bytes != NULL) {
        (*env)->SetByteArrayRegion(env, bytes, 0, sizeof gid.raw, (const jbyte *)gid.raw);
    }
    return bytes;
}

static bool of_queue_pair(enum ibv_event_type type) {
    switch (type) {
    case IBV_EVENT_QP_FATAL:
    case IBV_EVENT_QP_REQ_ERR:
    case IBV_EVENT_QP_ACCESS_ERR:
    case IBV_EVENT_COMM_EST:
    case IBV_EVENT_SQ_DRAINED:
    case IBV_EVENT_PATH_MIG:
    case IBV_EVENT_PATH_MIG_ERR:
    case IBV_EVENT_QP_LAST_WQE_REACHED:
        return true;
    default:
        return false;
    }
}

/* Acknowledged at once: ibv_destroy_qp waits for that, and so the queue pair is there as long as it is looked at. */
OURS(jint, nextAsyncEvent)(JNIEnv *env, jclass type, jlong context, jint millis, jlongArray out) {
    struct ibv_context *of = pointer(context);
    struct ibv_async_event event;
    (void)type;
    if (!is_there(env, context, "ibv_get_async_event")) {
        return -1;
    }
    errno = 0;
    if (set_nonblocking(of->async_fd) != 0) {
        throw_failed(env, code_of_null(), "fcntl of the async events of %s", name_of(context));
        return -1;
    }
    int ready = wait_readable(of->async_fd, millis);
    if (ready == WAIT_TIMED_OUT) {
        return -1;
    }
    memset(&event, 0, sizeof event);
    errno = ready == WAIT_READY ? 0 : errno;
    if (ready != WAIT_READY || ibv_get_async_event(of, &event) != 0) {
        if (errno != EAGAIN) {
            throw_failed(env, code_of_null(), "ibv_get_async_event(%s)", name_of(context));
        }
        return -1;
    }
    jlong number = of_queue_pair(event.event_type) ? event.element.qp->qp_num : 0;
    jint found = (jint)event.event_type;
    ibv_ack_async_event(&event);
    (*env)->SetLongArrayRegion(env, out, 0, 1, &number);
    return found;
}

OURS(jstring, asyncEventText)(JNIEnv *env, jclass type, jint event) {
    (void)type;
    return (*env)->NewStringUTF(env, ibv_event_type_str((enum ibv_event_type)event));
}
