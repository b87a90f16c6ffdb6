/* What the natives do when a call fails, and what they ask the device for. */
#include "fakes.h"

#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUR_EXCEPTION "io/mooncake4j/transfer/rdma/verbs/VerbsException"

DISPATCHER(jlong, createEventChannel)(JNIEnv *, jobject);
DISPATCHER(jint, destroyEventChannel)(JNIEnv *, jobject, jlong);
DISPATCHER(jlong, createQP)(JNIEnv *, jobject, jlong, jlong, jlong, jlong, jint, jint, jint, jint);
DISPATCHER(jint, modifyQP)(JNIEnv *, jobject, jlong, jlong);
DISPATCHER(void, bindAddr)(JNIEnv *, jobject, jlong, jlong);
DISPATCHER(jlong, regMr)(JNIEnv *, jobject, jlong, jlong, jint, jint, jlong, jlong, jlong);
DISPATCHER(void, postSend)(JNIEnv *, jobject, jlong, jlong);
DISPATCHER(jint, pollCQ)(JNIEnv *, jobject, jlong, jint, jlong);
DISPATCHER(jint, destroyQP)(JNIEnv *, jobject, jlong);
DISPATCHER(jint, getCmEvent)(JNIEnv *, jobject, jlong, jlong, jlong, jint);
DISPATCHER(void, connect)(JNIEnv *, jobject, jlong, jint, jint, jlong, jbyte);
DISPATCHER(jlong, allocPd)(JNIEnv *, jobject, jlong);
DISPATCHER(jint, getVersion)(JNIEnv *, jobject);
OURS(jlong, createQp)(JNIEnv *, jclass, jlong, jlong, jlong, jint, jint, jint, jintArray);
OURS(jlong, register)(JNIEnv *, jclass, jlong, jlong, jlong, jboolean, jboolean, jintArray);
OURS(void, qpToError)(JNIEnv *, jclass, jlong);
OURS(void, destroyQp)(JNIEnv *, jclass, jlong);
OURS(jint, postedBeforeFailure)(JNIEnv *, jclass);
OURS(jboolean, awaitEvent)(JNIEnv *, jclass, jlong, jint);
OURS(jint, nextEvent)(JNIEnv *, jclass, jlong, jlongArray, jbyteArray);
OURS(void, connect)(JNIEnv *, jclass, jlong, jbyteArray, jint);
OURS(void, accept)(JNIEnv *, jclass, jlong, jint);
OURS(jint, nextAsyncEvent)(JNIEnv *, jclass, jlong, jint, jlongArray);
OURS(jobjectArray, deviceNames)(JNIEnv *, jclass);
OURS(jlong, openDevice)(JNIEnv *, jclass, jstring);
OURS(jbyteArray, queryGid)(JNIEnv *, jclass, jlong, jint, jint);
OURS(jint, trialInline)(JNIEnv *, jclass, jlong);

#define NATIVE(name) Java_com_ibm_disni_verbs_impl_NativeDispatcher__1##name
#define OUR(name) Java_io_mooncake4j_transfer_rdma_verbs_NativeVerbs_##name

static JNIEnv *env;
static const char *test;
static int passed;

static void expect(bool holds, const char *what, int line) {
    if (!holds) {
        (void)fprintf(stderr, "%s, line %d: %s\n", test, line, what);
        exit(1);
    }
}
#define EXPECT(condition) expect(condition, #condition, __LINE__)

static void expect_thrown(const char *call, int code, const char *name, int line) {
    const struct thrown *thrown = caught();
    expect(thrown != NULL, "nothing was thrown", line);
    expect(strcmp(thrown->type, OUR_EXCEPTION) == 0, thrown->type, line);
    expect(strcmp(thrown->call, call) == 0, thrown->call, line);
    expect(strcmp(thrown->name, name) == 0, thrown->name, line);
    expect(thrown->code == code, "another code", line);
}
#define EXPECT_THROWN(call, code) expect_thrown(call, code, #code, __LINE__)

static jlong h(const void *p) {
    return handle_of(p);
}

static void should_throw_call_and_code_when_a_pointer_is_null(void) {
    fail("ibv_alloc_pd", 1, ENOMEM);
    EXPECT(NATIVE(allocPd)(env, NULL, h(&fake_context)) == 0);
    EXPECT_THROWN("ibv_alloc_pd", ENOMEM);
}

static void should_throw_eio_when_a_null_came_without_errno(void) {
    fail("ibv_alloc_pd", 1, 0);
    EXPECT(NATIVE(allocPd)(env, NULL, h(&fake_context)) == 0);
    EXPECT_THROWN("ibv_alloc_pd", EIO);
}

static void should_throw_a_plain_io_exception_when_our_class_is_not_there(void) {
    with_our_exception(false);
    fail("ibv_alloc_pd", 1, ENOMEM);
    (void)NATIVE(allocPd)(env, NULL, h(&fake_context));
    with_our_exception(true);
    const struct thrown *thrown = caught();
    EXPECT(thrown != NULL && strcmp(thrown->type, "java/io/IOException") == 0);
    EXPECT(strcmp(thrown->call, "ibv_alloc_pd: ENOMEM (12), Cannot allocate memory") == 0);
}

static void should_refuse_when_a_handle_is_null(void) {
    jlong none[] = {0, -1};
    for (int i = 0; i < 2; i++) {
        (void)NATIVE(allocPd)(env, NULL, none[i]);
        EXPECT_THROWN("ibv_alloc_pd of nothing", EINVAL);
        NATIVE(postSend)(env, NULL, none[i], none[i]);
        EXPECT_THROWN("ibv_post_send of nothing", EINVAL);
        NATIVE(connect)(env, NULL, none[i], 7, 7, -1, 0);
        EXPECT_THROWN("rdma_connect of nothing", EINVAL);
        OUR(qpToError)(env, NULL, none[i]);
        EXPECT_THROWN("ibv_modify_qp of nothing", EINVAL);
    }
}

static void should_take_errno_when_librdmacm_says_minus_one(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    fail("rdma_bind_addr", -1, EADDRNOTAVAIL);
    NATIVE(bindAddr)(env, NULL, h(&fake_id), h(&address));
    EXPECT_THROWN("rdma_bind_addr", EADDRNOTAVAIL);
}

static void should_turn_it_round_when_a_provider_gives_a_negative_code(void) {
    struct ibv_send_wr wr = {.opcode = IBV_WR_RDMA_WRITE};
    fail("ibv_post_send", -EINVAL, 0);
    NATIVE(postSend)(env, NULL, h(&fake_qp), h(&wr));
    EXPECT_THROWN("ibv_post_send(request 0 of the list)", EINVAL);
    EXPECT(code_of(INT_MIN) == EIO);
}

static void should_say_how_many_went_when_a_list_is_refused_in_the_middle(void) {
    struct ibv_send_wr list[3] = {{.next = &list[1]}, {.next = &list[2]}, {.next = NULL}};
    fail("ibv_post_send", ENOMEM, 0);
    refused_request = 2;
    NATIVE(postSend)(env, NULL, h(&fake_qp), h(list));
    EXPECT_THROWN("ibv_post_send(request 2 of the list)", ENOMEM);
    EXPECT(OUR(postedBeforeFailure)(env, NULL) == 2);
}

static void should_count_all_when_nobody_says_which_was_refused(void) {
    struct ibv_send_wr list[3] = {{.next = &list[1]}, {.next = &list[2]}, {.next = NULL}};
    fail("ibv_post_send", EIO, 0);
    refused_request = NONE_NAMED;
    NATIVE(postSend)(env, NULL, h(&fake_qp), h(list));
    EXPECT_THROWN("ibv_post_send(request 3 of the list)", EIO);
    EXPECT(OUR(postedBeforeFailure)(env, NULL) == 3);
}

static void should_let_queue_pairs_go_with_their_device_once_loaded(void) {
    EXPECT(JNI_OnLoad(NULL, NULL) == JNI_VERSION_1_8);
    const char *set = getenv("RDMAV_ALLOW_DISASSOC_DESTROY");
    EXPECT(set != NULL && strcmp(set, "1") == 0);
}

static void should_clamp_when_the_device_has_less(void) {
    fake_device.max_sge = 1; // eRDMA
    fake_device.max_qp_wr = 128;
    EXPECT(NATIVE(createQP)(env, NULL, h(&fake_id), h(&fake_pd), h(&fake_cq), h(&fake_cq), IBV_QPT_RC, 500, 0, 0) != 0);
    EXPECT(asked_for.cap.max_send_sge == 1 && asked_for.cap.max_recv_sge == 1);
    EXPECT(asked_for.cap.max_send_wr == 128 && asked_for.cap.max_recv_wr == 1);
    EXPECT(caught() == NULL);
}

static void should_ask_for_four_when_the_device_has_more(void) {
    (void)NATIVE(createQP)(env, NULL, h(&fake_id), h(&fake_pd), h(&fake_cq), h(&fake_cq), IBV_QPT_RC, 500, 3, 0);
    EXPECT(asked_for.cap.max_send_sge == 4 && asked_for.cap.max_recv_sge == 4);
    EXPECT(asked_for.cap.max_send_wr == 500 && asked_for.cap.max_recv_wr == 3);
}

static void should_zero_what_it_asks_with(void) {
    (void)NATIVE(createQP)(env, NULL, h(&fake_id), h(&fake_pd), h(&fake_cq), h(&fake_cq), IBV_QPT_RC, 1, 1, 0);
    EXPECT(asked_for.srq == NULL && asked_for.qp_context == NULL && asked_for.sq_sig_all == 0);
    NATIVE(connect)(env, NULL, h(&fake_id), 9, -1, -1, 3);
    EXPECT(asked_to_connect.private_data == NULL && asked_to_connect.private_data_len == 0);
    EXPECT(asked_to_connect.srq == 0 && asked_to_connect.qp_num == 0 && asked_to_connect.flow_control == 0);
    EXPECT(asked_to_connect.retry_count == 7 && asked_to_connect.rnr_retry_count == 0);
    OUR(qpToError)(env, NULL, h(&fake_qp));
    EXPECT(asked_mask == IBV_QP_STATE && asked_to_modify.qp_state == IBV_QPS_ERR && asked_to_modify.qkey == 0);
    struct sockaddr_in dirty;
    memset(&dirty, 0xee, sizeof dirty);
    dirty.sin_family = AF_INET;
    NATIVE(bindAddr)(env, NULL, h(&fake_id), h(&dirty));
    for (size_t i = 8; i < 16; i++) {
        EXPECT(((const uint8_t *)&bound_to)[i] == 0);
    }
}

static void should_ask_for_less_inline_when_the_device_refuses(void) {
    jarray out = new_array(5, sizeof(jint));
    most_inline = 96;
    EXPECT(OUR(createQp)(env, NULL, h(&fake_id), h(&fake_pd), h(&fake_cq), 8, 1, 512, (jintArray)out) != 0);
    EXPECT(create_qp_calls == 4 && ((jint *)elements_of(out))[4] == 64);
    EXPECT(asked_for.qp_context == NULL && asked_for.cap.max_send_sge == 1); // not what the failed calls left
    EXPECT(caught() == NULL);
    free_array(out);
}

static void should_say_what_was_asked_when_no_queue_pair_can_be_made(void) {
    jarray out = new_array(5, sizeof(jint));
    fail("rdma_create_qp", -1, ENOMEM);
    EXPECT(OUR(createQp)(env, NULL, h(&fake_id), h(&fake_pd), h(&fake_cq), 8, 1, 16, (jintArray)out) == 0);
    EXPECT_THROWN("rdma_create_qp(fake0, 8 send and 1 receive requests)", ENOMEM);
    fake_id.verbs = NULL;
    EXPECT(OUR(createQp)(env, NULL, h(&fake_id), h(&fake_pd), h(&fake_cq), 8, 1, 16, (jintArray)out) == 0);
    EXPECT_THROWN("rdma_create_qp of an id without a device", ENODEV);
    free_array(out);
}

static void should_keep_the_queue_pair_when_it_can_not_be_destroyed(void) {
    fake_id.qp = &fake_qp;
    fail("ibv_destroy_qp", EBUSY, 0);
    OUR(destroyQp)(env, NULL, h(&fake_id));
    EXPECT_THROWN("ibv_destroy_qp", EBUSY);
    EXPECT(fake_id.qp == &fake_qp);
    EXPECT(NATIVE(destroyQP)(env, NULL, h(&fake_id)) == EBUSY);
    all_well();
    fake_id.qp = &fake_qp;
    OUR(destroyQp)(env, NULL, h(&fake_id));
    EXPECT(caught() == NULL && fake_id.qp == NULL);
}

static void should_throw_unsupported_when_a_queue_pair_is_modified_by_disni(void) {
    (void)NATIVE(modifyQP)(env, NULL, h(&fake_qp), 0);
    const struct thrown *thrown = caught();
    EXPECT(thrown != NULL && strcmp(thrown->type, "java/lang/UnsupportedOperationException") == 0);
}

static void should_register_unsigned_when_an_int_is_negative(void) {
    uint32_t keys[3] = {0};
    EXPECT(NATIVE(regMr)(env, NULL, h(&fake_pd), 4096, INT_MIN, 7, h(&keys[0]), h(&keys[1]), h(&keys[2])) != 0);
    EXPECT(registered_bytes == (size_t)1 << 31);
    EXPECT(keys[0] == 5 && keys[1] == 0xfe241ee0 && keys[2] == 7);
    fail("ibv_reg_mr", 1, ENOMEM);
    EXPECT(NATIVE(regMr)(env, NULL, h(&fake_pd), 4096, -1, 7, h(&keys[0]), h(&keys[1]), h(&keys[2])) == 0);
    EXPECT_THROWN("ibv_reg_mr(4294967295 bytes)", ENOMEM);
}

static void should_register_all_when_it_is_more_than_an_int_holds(void) {
    jarray out = new_array(2, sizeof(jint));
    EXPECT(OUR(register)(env, NULL, h(&fake_pd), 4096, (jlong)5 << 30, JNI_TRUE, JNI_TRUE, (jintArray)out) != 0);
    EXPECT(registered_access == (IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE));
    EXPECT(registered_bytes == (size_t)5 << 30 && ((jint *)elements_of(out))[1] == -31187232);
    (void)OUR(register)(env, NULL, h(&fake_pd), 4096, -1, JNI_TRUE, JNI_TRUE, (jintArray)out);
    EXPECT_THROWN("ibv_reg_mr(-1 bytes)", EINVAL);
    (void)OUR(register)(env, NULL, h(&fake_pd), 4096, 1, JNI_FALSE, JNI_TRUE, (jintArray)out);
    EXPECT(registered_access == (IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE));
    free_array(out);
}

static void should_throw_when_polling_fails(void) {
    struct ibv_wc list[1];
    fail("ibv_poll_cq", -EIO, 0);
    EXPECT(NATIVE(pollCQ)(env, NULL, h(&fake_cq), 1, h(list)) < 0);
    EXPECT_THROWN("ibv_poll_cq", EIO);
}

static struct rdma_cm_event *connect_request(const void *data, uint8_t length) {
    struct rdma_cm_event *event = calloc(1, sizeof *event);
    if (event == NULL) {
        abort();
    }
    event->event = RDMA_CM_EVENT_CONNECT_REQUEST;
    event->status = -ETIMEDOUT;
    event->id = &fake_id;
    event->param.conn.private_data = data;
    event->param.conn.private_data_len = length;
    return event;
}

static void should_copy_before_it_acknowledges_when_an_event_comes(void) {
    jlong channel = NATIVE(createEventChannel)(env, NULL);
    jarray out = new_array(4, sizeof(jlong));
    jarray data = new_array(256, 1);
    EXPECT(OUR(awaitEvent)(env, NULL, channel, 1000) == JNI_TRUE && acknowledged == 0);
    queue_event(connect_request("ticket", 6));
    EXPECT(OUR(nextEvent)(env, NULL, channel, (jlongArray)out, (jbyteArray)data) == 4);
    const jlong *values = elements_of(out);
    EXPECT(values[0] == h(&fake_id) && values[1] == 0 && values[2] == -ETIMEDOUT && values[3] == 6);
    EXPECT(memcmp(elements_of(data), "ticket", 6) == 0 && acknowledged == 1);

    uint64_t ids[2];
    queue_event(connect_request(NULL, 0));
    EXPECT(NATIVE(getCmEvent)(env, NULL, channel, h(&ids[0]), h(&ids[1]), 1000) == 4);
    EXPECT(ids[0] == UINT64_MAX && ids[1] == (uint64_t)(uintptr_t)&fake_id && acknowledged == 2);

    fail("rdma_get_cm_event", -1, ENODEV);
    EXPECT(OUR(nextEvent)(env, NULL, channel, (jlongArray)out, (jbyteArray)data) == -1);
    EXPECT_THROWN("rdma_get_cm_event", ENODEV);
    all_well();
    fail("rdma_get_cm_event", -1, EAGAIN);
    EXPECT(OUR(nextEvent)(env, NULL, channel, (jlongArray)out, (jbyteArray)data) == -1 && caught() == NULL);
    all_well();
    fail("rdma_get_cm_event", -1, ENODEV);
    EXPECT(NATIVE(getCmEvent)(env, NULL, channel, h(&ids[0]), h(&ids[1]), 1000) == -1);
    EXPECT(caught() == NULL); // declared without
    EXPECT(NATIVE(destroyEventChannel)(env, NULL, channel) == 0 && open_files == 0);
    free_array(out);
    free_array(data);
}

static void should_close_the_channel_when_its_file_is_bad(void) {
    fail("bad file", 1, 0);
    EXPECT(NATIVE(createEventChannel)(env, NULL) == 0);
    EXPECT_THROWN("fcntl of an event channel", EBADF);
    EXPECT(open_files == 0);
}

static void should_say_nothing_when_time_runs_out(void) {
    int ends[2];
    jarray out = new_array(1, sizeof(jlong));
    EXPECT(pipe2(ends, O_CLOEXEC) == 0);
    fake_context.async_fd = ends[0];
    EXPECT(OUR(nextAsyncEvent)(env, NULL, h(&fake_context), 1, (jlongArray)out) == -1 && caught() == NULL);
    EXPECT(write(ends[1], "", 1) == 1);
    EXPECT(OUR(nextAsyncEvent)(env, NULL, h(&fake_context), 1000, (jlongArray)out) == IBV_EVENT_QP_FATAL);
    EXPECT(((jlong *)elements_of(out))[0] == 17 && acknowledged == 1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    free_array(out);
}

static void should_pass_on_private_data_and_depths_when_it_connects(void) {
    jarray data = new_array(56, 1);
    jarray long_data = new_array(256, 1);
    fake_device.max_qp_rd_atom = 1000;
    OUR(connect)(env, NULL, h(&fake_id), (jbyteArray)data, 3);
    EXPECT(asked_to_connect.private_data_len == 56 && asked_to_connect.retry_count == 3);
    EXPECT(asked_to_connect.responder_resources == 254 && asked_to_connect.initiator_depth == 64);
    OUR(connect)(env, NULL, h(&fake_id), (jbyteArray)long_data, 3);
    EXPECT_THROWN("rdma_connect with 256 bytes of private data", EMSGSIZE);
    OUR(accept)(env, NULL, h(&fake_id), 7);
    EXPECT(asked_to_connect.responder_resources == RDMA_MAX_RESP_RES && asked_to_connect.private_data == NULL);
    fail("rdma_accept", -1, ENOTCONN);
    OUR(accept)(env, NULL, h(&fake_id), 7);
    EXPECT_THROWN("rdma_accept", ENOTCONN);
    free_array(data);
    free_array(long_data);
}

static void should_name_the_device_when_it_can_not_be_opened_or_asked(void) {
    EXPECT(OUR(openDevice)(env, NULL, (jstring) "fake0") == h(&fake_context) && caught() == NULL);
    (void)OUR(openDevice)(env, NULL, (jstring) "other");
    EXPECT_THROWN("ibv_open_device(other)", ENODEV);
    fail("ibv_open_device", 1, EACCES);
    (void)OUR(openDevice)(env, NULL, (jstring) "fake0");
    EXPECT_THROWN("ibv_open_device(fake0)", EACCES);
    fail("ibv_query_gid", -1, EINVAL);
    EXPECT(OUR(queryGid)(env, NULL, h(&fake_context), 1, 1) == NULL);
    EXPECT_THROWN("ibv_query_gid(fake0, 1, 1)", EINVAL);
    EXPECT(OUR(queryGid)(env, NULL, h(&fake_context), 300, 1) == NULL);
    EXPECT_THROWN("ibv_query_gid(fake0, 300, 1)", EINVAL);
    fail("ibv_get_device_list", 1, EPERM);
    (void)OUR(deviceNames)(env, NULL);
    EXPECT_THROWN("ibv_get_device_list", EPERM);
}

static void should_find_inline_bytes_by_trial(void) {
    most_inline = 96;
    EXPECT(OUR(trialInline)(env, NULL, h(&fake_context)) == 96);
    most_inline = 8;
    EXPECT(OUR(trialInline)(env, NULL, h(&fake_context)) == 0 && caught() == NULL);
}

static void should_find_no_inline_bytes_when_the_trial_fails(void) {
    fail("ibv_create_qp", 1, ENOMEM);
    EXPECT(OUR(trialInline)(env, NULL, h(&fake_context)) == 0);
    fail("ibv_create_cq", 1, ENOMEM);
    EXPECT(OUR(trialInline)(env, NULL, h(&fake_context)) == 0 && caught() == NULL);
}

static void should_be_what_disni_expects(void) {
    EXPECT(NATIVE(getVersion)(env, NULL) == 32);
}

#define RUN(name)                                                                                                      \
    do {                                                                                                               \
        test = #name;                                                                                                  \
        all_well();                                                                                                    \
        name();                                                                                                        \
        passed++;                                                                                                      \
    } while (0)

int main(void) {
    env = fake_jvm();
    RUN(should_throw_call_and_code_when_a_pointer_is_null);
    RUN(should_throw_eio_when_a_null_came_without_errno);
    RUN(should_throw_a_plain_io_exception_when_our_class_is_not_there);
    RUN(should_refuse_when_a_handle_is_null);
    RUN(should_take_errno_when_librdmacm_says_minus_one);
    RUN(should_turn_it_round_when_a_provider_gives_a_negative_code);
    RUN(should_say_how_many_went_when_a_list_is_refused_in_the_middle);
    RUN(should_count_all_when_nobody_says_which_was_refused);
    RUN(should_let_queue_pairs_go_with_their_device_once_loaded);
    RUN(should_clamp_when_the_device_has_less);
    RUN(should_ask_for_four_when_the_device_has_more);
    RUN(should_zero_what_it_asks_with);
    RUN(should_ask_for_less_inline_when_the_device_refuses);
    RUN(should_say_what_was_asked_when_no_queue_pair_can_be_made);
    RUN(should_keep_the_queue_pair_when_it_can_not_be_destroyed);
    RUN(should_throw_unsupported_when_a_queue_pair_is_modified_by_disni);
    RUN(should_register_unsigned_when_an_int_is_negative);
    RUN(should_register_all_when_it_is_more_than_an_int_holds);
    RUN(should_throw_when_polling_fails);
    RUN(should_copy_before_it_acknowledges_when_an_event_comes);
    RUN(should_close_the_channel_when_its_file_is_bad);
    RUN(should_say_nothing_when_time_runs_out);
    RUN(should_pass_on_private_data_and_depths_when_it_connects);
    RUN(should_name_the_device_when_it_can_not_be_opened_or_asked);
    RUN(should_find_inline_bytes_by_trial);
    RUN(should_find_no_inline_bytes_when_the_trial_fails);
    RUN(should_be_what_disni_expects);
    (void)printf("native tests: %d passed, 0 failed\n", passed);
    return 0;
}
