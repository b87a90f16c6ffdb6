#include "library.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 256

static void throw_plain(JNIEnv *env, const char *name, const char *text) {
    jclass type = (*env)->FindClass(env, name);
    if (type != NULL) { // else what FindClass threw is pending
        (*env)->ThrowNew(env, type, text);
    }
}

/* Whether it was thrown; nothing is pending else. */
static bool throw_ours(JNIEnv *env, const char *call, int code, const char *text) {
    jclass type = (*env)->FindClass(env, "io/mooncake4j/transfer/rdma/verbs/VerbsException");
    jmethodID constructor = NULL;
    jobject thrown = NULL;
    if (type != NULL) {
        constructor = (*env)->GetMethodID(
            env, type, "<init>", "(Ljava/lang/String;ILjava/lang/String;Ljava/lang/String;)V");
    }
    if (constructor != NULL) {
        jstring of_call = (*env)->NewStringUTF(env, call);
        jstring of_name = of_call == NULL ? NULL : (*env)->NewStringUTF(env, code_name(code));
        jstring of_text = of_name == NULL ? NULL : (*env)->NewStringUTF(env, text);
        if (of_text != NULL) {
            thrown = (*env)->NewObject(env, type, constructor, of_call, (jint)code, of_name, of_text);
        }
    }
    if (thrown != NULL && (*env)->Throw(env, (jthrowable)thrown) == 0) {
        return true;
    }
    (*env)->ExceptionClear(env);
    return false;
}

void throw_failed(JNIEnv *env, int code, const char *format, ...) {
    char call[TEXT_MAX];
    char text[TEXT_MAX];
    char all[3 * TEXT_MAX];
    va_list arguments;
    int positive = code_of(code);

    va_start(arguments, format);
    (void)vsnprintf(call, sizeof call, format, arguments);
    va_end(arguments);
    const char *said = strerror_r(positive, text, sizeof text); // GNU's, which may not use the buffer
    if (throw_ours(env, call, positive, said)) {
        return;
    }
    (void)snprintf(all, sizeof all, "%s: %s (%d), %s", call, code_name(positive), positive, said);
    throw_plain(env, "java/io/IOException", all);
}

void throw_unsupported(JNIEnv *env, const char *text) {
    throw_plain(env, "java/lang/UnsupportedOperationException", text);
}

bool is_there(JNIEnv *env, jlong handle, const char *call) {
    if (handle != 0 && handle != -1) {
        return true;
    }
    throw_failed(env, EINVAL, "%s of nothing", call);
    return false;
}
