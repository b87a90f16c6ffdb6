#include "library.h"

#include <stdlib.h>
#include <string.h>

/*
 * When a device goes, the kernel itself destroys what we have on it, and from the moment that it begins with that, each of
 * our calls is answered with EIO (uverbs_main.c, ib_uverbs_free_hw_resources): a queue pair would count as alive forever,
 * and nothing that waits for its end would ever go on. With this, libibverbs takes EIO as the success of a destruction.
 * It reads it once, at its first call, so it is set when this library is loaded.
 */
JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
    (void)vm;
    (void)reserved;
    (void)setenv("RDMAV_ALLOW_DISASSOC_DESTROY", "1", 1); // NOLINT(concurrency-mt-unsafe)
    return JNI_VERSION_1_8;
}

static uint32_t clamped(int wanted, int most) {
    int at_least_one = wanted < 1 ? 1 : wanted; // eRDMA refuses a queue of none
    return (uint32_t)(most > 0 && at_least_one > most ? most : at_least_one);
}

struct ibv_qp *create_queue_pair(
    JNIEnv *env, struct rdma_cm_id *id, const struct queue_pair_wish *wish, struct ibv_qp_cap *granted) {
    struct ibv_device_attr device;
    struct ibv_qp_init_attr attr;
    uint32_t inline_bytes = wish->inline_bytes < 0 ? 0 : (uint32_t)wish->inline_bytes;
    int code;

    if (id->verbs == NULL) {
        throw_failed(env, ENODEV, "rdma_create_qp of an id without a device");
        return NULL;
    }
    memset(&device, 0, sizeof device);
    errno = 0;
    code = code_of(ibv_query_device(id->verbs, &device));
    if (code != 0) {
        throw_failed(env, code, "ibv_query_device(%s)", ibv_get_device_name(id->verbs->device));
        return NULL;
    }
    for (;;) {
        // all of it anew: a provider may have written into it before it failed
        memset(&attr, 0, sizeof attr);
        attr.send_cq = wish->send_cq;
        attr.recv_cq = wish->recv_cq;
        attr.qp_type = (enum ibv_qp_type)wish->type;
        attr.cap.max_send_wr = clamped(wish->send_depth, device.max_qp_wr);
        attr.cap.max_recv_wr = clamped(wish->recv_depth, device.max_qp_wr);
        attr.cap.max_send_sge = clamped((int)wish->pieces, device.max_sge);
        attr.cap.max_recv_sge = clamped((int)wish->pieces, device.max_sge);
        attr.cap.max_inline_data = inline_bytes;
        errno = 0;
        code = code_of(rdma_create_qp(id, wish->pd, &attr));
        if (code == 0) {
            *granted = attr.cap;
            return id->qp;
        }
        if (inline_bytes == 0) {
            throw_failed(
                env,
                code,
                "rdma_create_qp(%s, %d send and %d receive requests)",
                ibv_get_device_name(id->verbs->device),
                wish->send_depth,
                wish->recv_depth);
            return NULL;
        }
        inline_bytes /= 2; // no device says how much it takes
    }
}

int destroy_queue_pair(struct rdma_cm_id *id) {
    int code = 0;
    if (id->qp != NULL) {
        errno = 0;
        code = code_of(ibv_destroy_qp(id->qp));
        if (code == 0) {
            id->qp = NULL;
        }
    }
    return code;
}
