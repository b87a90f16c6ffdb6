#include "fakes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAILURES_MAX 8

static struct {
    const char *call;
    int result;
    int error;
} failures[FAILURES_MAX];
static int failure_count;

struct ibv_device_attr fake_device;
struct ibv_qp_init_attr asked_for;
int create_qp_calls;
uint32_t most_inline;
struct rdma_conn_param asked_to_connect;
struct ibv_qp_attr asked_to_modify;
int asked_mask;
size_t registered_bytes;
int registered_access;
struct sockaddr_storage bound_to;
struct ibv_context fake_context;
struct rdma_cm_id fake_id;
struct ibv_pd fake_pd;
struct ibv_cq fake_cq;
struct ibv_qp fake_qp;
int refused_request;
int open_files;
int acknowledged;

static struct ibv_device device;
static struct ibv_mr region;
static struct rdma_cm_event *next_event;

void fail(const char *call, int result, int error) {
    failures[failure_count].call = call;
    failures[failure_count].result = result;
    failures[failure_count++].error = error;
}

static int outcome(const char *call) {
    for (int i = 0; i < failure_count; i++) {
        if (strcmp(failures[i].call, call) == 0) {
            errno = failures[i].error;
            return failures[i].result;
        }
    }
    return 0;
}

static int post(struct ibv_qp *qp, struct ibv_send_wr *wr, struct ibv_send_wr **bad) {
    (void)qp;
    int result = outcome("ibv_post_send");
    for (int i = 0; result != 0 && i < refused_request; i++) {
        wr = wr->next;
    }
    *bad = refused_request == NONE_NAMED ? NULL : wr;
    return result;
}

static int post_receive(struct ibv_qp *qp, struct ibv_recv_wr *wr, struct ibv_recv_wr **bad) {
    (void)qp;
    *bad = wr;
    return outcome("ibv_post_recv");
}

static int poll_queue(struct ibv_cq *cq, int entries, struct ibv_wc *list) {
    (void)cq;
    (void)entries;
    (void)list;
    return outcome("ibv_poll_cq");
}

static int notify(struct ibv_cq *cq, int solicited) {
    (void)cq;
    (void)solicited;
    return outcome("ibv_req_notify_cq");
}

void all_well(void) {
    failure_count = 0;
    memset(&fake_device, 0, sizeof fake_device);
    fake_device.max_qp_wr = 8192;
    fake_device.max_sge = 6;
    fake_device.max_qp_rd_atom = 128;
    fake_device.max_qp_init_rd_atom = 64;
    memset(&asked_for, 0xee, sizeof asked_for);
    create_qp_calls = 0;
    most_inline = UINT32_MAX;
    memset(&asked_to_connect, 0xee, sizeof asked_to_connect);
    memset(&asked_to_modify, 0xee, sizeof asked_to_modify);
    memset(&fake_context, 0, sizeof fake_context);
    fake_context.device = &device;
    fake_context.async_fd = -1;
    fake_context.ops.post_send = post;
    fake_context.ops.post_recv = post_receive;
    fake_context.ops.poll_cq = poll_queue;
    fake_context.ops.req_notify_cq = notify;
    memset(&fake_id, 0, sizeof fake_id);
    fake_id.verbs = &fake_context;
    memset(&fake_qp, 0, sizeof fake_qp);
    fake_qp.context = &fake_context;
    fake_qp.qp_num = 17;
    fake_cq.context = &fake_context;
    fake_pd.context = &fake_context;
    refused_request = 0;
    acknowledged = 0;
    next_event = NULL;
    (void)strcpy(device.name, "fake0");
}

void queue_event(struct rdma_cm_event *event) {
    next_event = event;
}

/* librdmacm */

struct rdma_event_channel *rdma_create_event_channel(void) {
    static struct rdma_event_channel channel;
    if (outcome("rdma_create_event_channel") != 0) {
        return NULL;
    }
    channel.fd = outcome("bad file") != 0 ? -1 : open("/dev/zero", O_RDONLY | O_CLOEXEC); // always readable
    open_files++;
    return &channel;
}

void rdma_destroy_event_channel(struct rdma_event_channel *channel) {
    (void)close(channel->fd);
    open_files--;
}

int rdma_create_id(struct rdma_event_channel *channel, struct rdma_cm_id **id, void *context, enum rdma_port_space ps) {
    (void)channel;
    (void)context;
    (void)ps;
    *id = &fake_id;
    return outcome("rdma_create_id");
}

int rdma_destroy_id(struct rdma_cm_id *id) {
    (void)id;
    return outcome("rdma_destroy_id");
}

int rdma_bind_addr(struct rdma_cm_id *id, struct sockaddr *address) {
    (void)id;
    memcpy(&bound_to, address, 16);
    return outcome("rdma_bind_addr");
}

int rdma_resolve_addr(struct rdma_cm_id *id, struct sockaddr *from, struct sockaddr *to, int millis) {
    (void)id;
    (void)from;
    (void)to;
    (void)millis;
    return outcome("rdma_resolve_addr");
}

int rdma_resolve_route(struct rdma_cm_id *id, int millis) {
    (void)id;
    (void)millis;
    return outcome("rdma_resolve_route");
}

int rdma_create_qp(struct rdma_cm_id *id, struct ibv_pd *pd, struct ibv_qp_init_attr *attr) {
    (void)pd;
    create_qp_calls++;
    asked_for = *attr;
    int result = outcome("rdma_create_qp");
    if (result == 0 && attr->cap.max_inline_data > most_inline) {
        memset(attr, 0xee, sizeof *attr); // what a provider may leave behind
        errno = EINVAL;
        return -1;
    }
    id->qp = result == 0 ? &fake_qp : NULL;
    return result;
}

int rdma_connect(struct rdma_cm_id *id, struct rdma_conn_param *param) {
    (void)id;
    asked_to_connect = *param;
    return outcome("rdma_connect");
}

int rdma_accept(struct rdma_cm_id *id, struct rdma_conn_param *param) {
    (void)id;
    asked_to_connect = *param;
    return outcome("rdma_accept");
}

int rdma_reject(struct rdma_cm_id *id, const void *private_data, uint8_t length) {
    (void)id;
    (void)private_data;
    (void)length;
    return outcome("rdma_reject");
}

int rdma_listen(struct rdma_cm_id *id, int backlog) {
    (void)id;
    (void)backlog;
    return outcome("rdma_listen");
}

int rdma_disconnect(struct rdma_cm_id *id) {
    (void)id;
    return outcome("rdma_disconnect");
}

void rdma_destroy_ep(struct rdma_cm_id *id) {
    (void)id;
}

int rdma_get_cm_event(struct rdma_event_channel *channel, struct rdma_cm_event **event) {
    (void)channel;
    *event = next_event;
    next_event = NULL;
    return outcome("rdma_get_cm_event");
}

int rdma_ack_cm_event(struct rdma_cm_event *event) {
    acknowledged++;
    free(event); // so that a later use is seen
    return outcome("rdma_ack_cm_event");
}

/* libibverbs; some are macros there */
#undef ibv_query_port
#undef ibv_reg_mr

struct ibv_device **ibv_get_device_list(int *count) {
    if (outcome("ibv_get_device_list") != 0) {
        return NULL;
    }
    struct ibv_device **list = calloc(2, sizeof(struct ibv_device *));
    list[0] = &device;
    *count = 1;
    return list;
}

void ibv_free_device_list(struct ibv_device **list) {
    free(list);
}

const char *ibv_get_device_name(struct ibv_device *of) {
    return of->name;
}

struct ibv_context *ibv_open_device(struct ibv_device *of) {
    (void)of;
    return outcome("ibv_open_device") == 0 ? &fake_context : NULL;
}

int ibv_close_device(struct ibv_context *context) {
    (void)context;
    return outcome("ibv_close_device");
}

int ibv_query_device(struct ibv_context *context, struct ibv_device_attr *attr) {
    (void)context;
    *attr = fake_device;
    return outcome("ibv_query_device");
}

int ibv_query_port(struct ibv_context *context, uint8_t port, struct _compat_ibv_port_attr *attr) {
    (void)context;
    (void)port;
    (void)attr;
    return outcome("ibv_query_port");
}

int ibv_query_gid(struct ibv_context *context, uint8_t port, int index, union ibv_gid *gid) {
    (void)context;
    (void)port;
    (void)index;
    for (size_t i = 0; i < sizeof gid->raw; i++) {
        if (gid->raw[i] != 0) {
            abort();
        }
    }
    return outcome("ibv_query_gid");
}

struct ibv_pd *ibv_alloc_pd(struct ibv_context *context) {
    (void)context;
    return outcome("ibv_alloc_pd") == 0 ? &fake_pd : NULL;
}

int ibv_dealloc_pd(struct ibv_pd *pd) {
    (void)pd;
    return outcome("ibv_dealloc_pd");
}

struct ibv_mr *ibv_reg_mr(struct ibv_pd *pd, void *address, size_t length, int access) {
    (void)pd;
    (void)address;
    registered_access = access;
    registered_bytes = length;
    region.lkey = 5;
    region.rkey = 0xfe241ee0;
    region.handle = 7;
    return outcome("ibv_reg_mr") == 0 ? &region : NULL;
}

struct ibv_mr *ibv_reg_mr_iova2(struct ibv_pd *pd, void *address, size_t length, uint64_t iova, unsigned access) {
    (void)iova;
    return ibv_reg_mr(pd, address, length, (int)access);
}

int ibv_dereg_mr(struct ibv_mr *mr) {
    (void)mr;
    return outcome("ibv_dereg_mr");
}

struct ibv_comp_channel *ibv_create_comp_channel(struct ibv_context *context) {
    (void)context;
    (void)outcome("ibv_create_comp_channel");
    return NULL;
}

int ibv_destroy_comp_channel(struct ibv_comp_channel *channel) {
    (void)channel;
    return outcome("ibv_destroy_comp_channel");
}

struct ibv_cq *
ibv_create_cq(struct ibv_context *context, int entries, void *cq_context, struct ibv_comp_channel *channel, int vector) {
    (void)context;
    (void)entries;
    (void)cq_context;
    (void)channel;
    (void)vector;
    return outcome("ibv_create_cq") == 0 ? &fake_cq : NULL;
}

int ibv_destroy_cq(struct ibv_cq *cq) {
    (void)cq;
    return outcome("ibv_destroy_cq");
}

int ibv_get_cq_event(struct ibv_comp_channel *channel, struct ibv_cq **cq, void **context) {
    (void)channel;
    (void)cq;
    (void)context;
    return outcome("ibv_get_cq_event");
}

void ibv_ack_cq_events(struct ibv_cq *cq, unsigned events) {
    (void)cq;
    (void)events;
}

struct ibv_qp *ibv_create_qp(struct ibv_pd *pd, struct ibv_qp_init_attr *attr) {
    (void)pd;
    if (attr->cap.max_inline_data > most_inline) {
        errno = EINVAL;
        return NULL;
    }
    return outcome("ibv_create_qp") == 0 ? &fake_qp : NULL;
}

int ibv_modify_qp(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask) {
    (void)qp;
    asked_to_modify = *attr;
    asked_mask = mask;
    return outcome("ibv_modify_qp");
}

int ibv_query_qp(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask, struct ibv_qp_init_attr *init) {
    (void)qp;
    (void)attr;
    (void)mask;
    (void)init;
    return outcome("ibv_query_qp");
}

int ibv_destroy_qp(struct ibv_qp *qp) {
    (void)qp;
    return outcome("ibv_destroy_qp");
}

int ibv_get_async_event(struct ibv_context *context, struct ibv_async_event *event) {
    (void)context;
    event->event_type = IBV_EVENT_QP_FATAL;
    event->element.qp = &fake_qp;
    return outcome("ibv_get_async_event");
}

void ibv_ack_async_event(struct ibv_async_event *event) {
    memset(event, 0xee, sizeof *event);
    acknowledged++;
}

const char *ibv_event_type_str(enum ibv_event_type event) {
    (void)event;
    return "event";
}

const char *ibv_wc_status_str(enum ibv_wc_status status) {
    (void)status;
    return "status";
}
