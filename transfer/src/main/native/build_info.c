/* What this library is, and the names of codes. */
#include "library.h"

#if defined(__clang__)
#define COMPILER "clang"
#else
#define COMPILER "gcc"
#endif

OURS(jstring, buildInfo)(JNIEnv *env, jclass type) {
    (void)type;
    return (*env)->NewStringUTF(env, LIBRARY_VERSION " for " TARGET " by " COMPILER " " __VERSION__ ", " BUILD_OPTIONS);
}

OURS(jstring, errorName)(JNIEnv *env, jclass type, jint code) {
    (void)type;
    return (*env)->NewStringUTF(env, code_name(code));
}

OURS(jstring, statusText)(JNIEnv *env, jclass type, jint status) {
    (void)type;
    return (*env)->NewStringUTF(env, ibv_wc_status_str((enum ibv_wc_status)status));
}
