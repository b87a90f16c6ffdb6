/* What the files of libdisni.so have in common. Pointers cross JNI as longs; 0 and -1 stand for none. */
#ifndef MOONCAKE4J_LIBRARY_H
#define MOONCAKE4J_LIBRARY_H

#include <errno.h>
#include <infiniband/verbs.h>
#include <jni.h>
#include <rdma/rdma_cma.h>
#include <stdbool.h>
#include <stdint.h>

#define DISPATCHER(type, name) JNIEXPORT type JNICALL Java_com_ibm_disni_verbs_impl_NativeDispatcher__1##name
#define AFFINITY(type, name) JNIEXPORT type JNICALL Java_com_ibm_disni_util_NativeAffinity__1##name
#define OURS(type, name) JNIEXPORT type JNICALL Java_io_mooncake4j_transfer_rdma_verbs_NativeVerbs_##name

/* throw.c */

/* Throws what VerbsException says; where that class isn't to be seen, a plain IOException. The code may be negative. */
void throw_failed(JNIEnv *env, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void throw_unsupported(JNIEnv *env, const char *text);
/* Whether the handle names something; else EINVAL is thrown. */
bool is_there(JNIEnv *env, jlong handle, const char *call);

/* codes.c */
const char *code_name(int code);
/*
 * The errno behind a result, positive, 0 for success. Verbs answer with an errno, some providers with a negative one, and
 * librdmacm with -1 and errno: so errno is to be 0 before the call, and this the next thing after it.
 */
int code_of(int result);
/* The errno behind a null pointer. */
int code_of_null(void);

/* wait.c */
#define WAIT_READY 1
#define WAIT_TIMED_OUT 0
/* Whether the file can be read within so many milliseconds (negative: whenever); signals don't shorten it; -1 and errno. */
int wait_readable(int fd, int millis);
int set_nonblocking(int fd);

/* queue_pair.c */
struct queue_pair_wish {
    struct ibv_pd *pd;
    struct ibv_cq *send_cq;
    struct ibv_cq *recv_cq;
    int type;
    int send_depth;
    int recv_depth;
    int inline_bytes;
    uint32_t pieces; /* most SGEs of a request */
};
/* Creates it on the id with what the device can; granted gets its caps. Throws, and returns null then. */
struct ibv_qp *create_queue_pair(
    JNIEnv *env, struct rdma_cm_id *id, const struct queue_pair_wish *wish, struct ibv_qp_cap *granted);
/* Destroys the id's; the code of the failure. rdma_destroy_qp would not say whether it is gone. */
int destroy_queue_pair(struct rdma_cm_id *id);

/* connection.c */
#define PRIVATE_DATA_MAX 255
/* A channel whose file doesn't block, and an id of one. They throw, and return 0 then. */
jlong open_channel(JNIEnv *env);
jlong create_id(JNIEnv *env, jlong channel);
int connect_id(struct rdma_cm_id *id, int retries, int rnr_retries, const void *private_data, uint8_t length);
int accept_id(struct rdma_cm_id *id, int retries, int rnr_retries);

static inline void *pointer(jlong handle) {
    return handle == -1 ? NULL : (void *)(intptr_t)handle; // NOLINT(performance-no-int-to-ptr)
}

static inline jlong handle_of(const void *p) {
    return (jlong)(intptr_t)p;
}

#endif
