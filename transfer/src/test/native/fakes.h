/* Stand-ins for the JVM, libibverbs and librdmacm: calls succeed unless told otherwise, and what they were given is kept. */
#ifndef MOONCAKE4J_FAKES_H
#define MOONCAKE4J_FAKES_H

#include "library.h"

/* fake_jvm.c */
struct thrown {
    char type[128];    /* class */
    char call[256];    /* of a VerbsException; of others the message */
    char name[64];
    int code;
};
JNIEnv *fake_jvm(void);
/* Whether VerbsException is to be found. */
void with_our_exception(bool found);
/* What is pending, which is cleared; null for nothing. */
const struct thrown *caught(void);
/* An array of a kind that the tests need: bytes long, zeroed. Freed by free_array. */
jarray new_array(int count, int size);
void *elements_of(jarray array);
void free_array(jarray array);

/* fake_verbs.c */
void fail(const char *call, int result, int error);
void all_well(void);
extern struct ibv_device_attr fake_device;
extern struct ibv_qp_init_attr asked_for; /* the last queue pair */
extern int create_qp_calls;
extern uint32_t most_inline; /* more is refused */
extern struct rdma_conn_param asked_to_connect;
extern struct ibv_qp_attr asked_to_modify;
extern int asked_mask;
extern size_t registered_bytes;
extern int registered_access;
extern struct sockaddr_storage bound_to;
extern struct ibv_context fake_context;
extern struct rdma_cm_id fake_id;
extern struct ibv_pd fake_pd;
extern struct ibv_cq fake_cq;
extern struct ibv_qp fake_qp;
#define NONE_NAMED (-1)
extern int refused_request; /* which of a posted list is the bad one, or NONE_NAMED */
extern int open_files;
void queue_event(struct rdma_cm_event *event);
extern int acknowledged;

#endif
