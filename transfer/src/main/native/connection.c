#include "library.h"

#include <string.h>

#define RETRIES_MAX 7    /* three bits */
#define DEPTH_MAX 0xfe   /* 0xff means "whatever" to librdmacm */

static uint8_t three_bits(int retries) {
    return (uint8_t)(retries < 0 ? 0 : retries > RETRIES_MAX ? RETRIES_MAX : retries);
}

static uint8_t depth(int most) {
    return (uint8_t)(most < 0 ? 0 : most > DEPTH_MAX ? DEPTH_MAX : most);
}

jlong open_channel(JNIEnv *env) {
    struct rdma_event_channel *channel;
    errno = 0;
    channel = rdma_create_event_channel();
    if (channel == NULL) {
        throw_failed(env, code_of_null(), "rdma_create_event_channel");
        return 0;
    }
    if (set_nonblocking(channel->fd) != 0) {
        throw_failed(env, code_of_null(), "fcntl of an event channel");
        rdma_destroy_event_channel(channel);
        return 0;
    }
    return handle_of(channel);
}

jlong create_id(JNIEnv *env, jlong channel) {
    struct rdma_cm_id *id = NULL;
    if (!is_there(env, channel, "rdma_create_id")) {
        return 0;
    }
    errno = 0;
    int code = code_of(rdma_create_id(pointer(channel), &id, NULL, RDMA_PS_TCP));
    if (code != 0 || id == NULL) {
        throw_failed(env, code != 0 ? code : EIO, "rdma_create_id");
        return 0;
    }
    return handle_of(id);
}

int connect_id(struct rdma_cm_id *id, int retries, int rnr_retries, const void *private_data, uint8_t length) {
    struct ibv_device_attr device;
    struct rdma_conn_param param;
    int code;

    if (id->verbs == NULL) {
        return ENODEV;
    }
    memset(&device, 0, sizeof device);
    errno = 0;
    code = code_of(ibv_query_device(id->verbs, &device));
    if (code != 0) {
        return code;
    }
    memset(&param, 0, sizeof param);
    param.private_data = length == 0 ? NULL : private_data;
    param.private_data_len = length;
    param.responder_resources = depth(device.max_qp_rd_atom);
    param.initiator_depth = depth(device.max_qp_init_rd_atom);
    param.retry_count = three_bits(retries);
    param.rnr_retry_count = three_bits(rnr_retries);
    errno = 0;
    return code_of(rdma_connect(id, &param));
}

int accept_id(struct rdma_cm_id *id, int retries, int rnr_retries) {
    struct rdma_conn_param param;

    if (id->verbs == NULL) {
        return ENODEV;
    }
    memset(&param, 0, sizeof param);
    param.responder_resources = RDMA_MAX_RESP_RES; // the least of what was asked for and the device has
    param.initiator_depth = RDMA_MAX_INIT_DEPTH;
    param.retry_count = three_bits(retries);
    param.rnr_retry_count = three_bits(rnr_retries);
    errno = 0;
    return code_of(rdma_accept(id, &param));
}
