/* com.ibm.disni.util.NativeAffinity: on which of the first 64 processors the calling thread runs. */
#include "library.h"

#include <sched.h>

#define PROCESSORS 64

AFFINITY(void, setAffinity)(JNIEnv *env, jclass type, jlong mask) {
    cpu_set_t set;
    (void)env;
    (void)type;
    CPU_ZERO(&set);
    for (unsigned i = 0; i < PROCESSORS; i++) {
        if (((uint64_t)mask >> i & 1U) != 0) {
            CPU_SET(i, &set);
        }
    }
    (void)sched_setaffinity(0, sizeof set, &set); // declared without a result and without an exception
}

AFFINITY(jlong, getAffinity)(JNIEnv *env, jclass type) {
    cpu_set_t set;
    uint64_t mask = 0;
    (void)env;
    (void)type;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 0;
    }
    for (unsigned i = 0; i < PROCESSORS; i++) {
        if (CPU_ISSET(i, &set)) {
            mask |= (uint64_t)1 << i;
        }
    }
    return (jlong)mask;
}
