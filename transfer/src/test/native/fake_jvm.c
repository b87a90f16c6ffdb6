#include "fakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OURS_NAME "io/mooncake4j/transfer/rdma/verbs/VerbsException"

struct array {
    int count;
    int size;
    char elements[];
};

static bool ours_found = true;
static bool pending;
static struct thrown last;
static struct thrown under_way;
static char classes[8][128];
static int class_count;

static jclass find_class(JNIEnv *env, const char *name) {
    (void)env;
    if (!ours_found && strcmp(name, OURS_NAME) == 0) {
        pending = true;
        (void)snprintf(last.type, sizeof last.type, "java/lang/NoClassDefFoundError");
        return NULL;
    }
    for (int i = 0; i < class_count; i++) {
        if (strcmp(classes[i], name) == 0) {
            return (jclass)classes[i];
        }
    }
    (void)snprintf(classes[class_count], sizeof classes[0], "%s", name);
    return (jclass)classes[class_count++];
}

static jmethodID method(JNIEnv *env, jclass type, const char *name, const char *signature) {
    (void)env;
    (void)name;
    (void)signature;
    return (jmethodID)type;
}

static jstring string(JNIEnv *env, const char *text) {
    (void)env;
    return (jstring)text;
}

static jobject construct(JNIEnv *env, jclass type, jmethodID constructor, ...) {
    va_list arguments;
    (void)env;
    (void)constructor;
    va_start(arguments, constructor);
    memset(&under_way, 0, sizeof under_way);
    (void)snprintf(under_way.type, sizeof under_way.type, "%s", (const char *)type);
    (void)snprintf(under_way.call, sizeof under_way.call, "%s", va_arg(arguments, const char *));
    under_way.code = va_arg(arguments, jint);
    (void)snprintf(under_way.name, sizeof under_way.name, "%s", va_arg(arguments, const char *));
    va_end(arguments);
    return (jobject)&under_way;
}

static jint throw_it(JNIEnv *env, jthrowable thrown) {
    (void)env;
    last = *(struct thrown *)thrown;
    pending = true;
    return 0;
}

static jint throw_new(JNIEnv *env, jclass type, const char *text) {
    (void)env;
    memset(&last, 0, sizeof last);
    (void)snprintf(last.type, sizeof last.type, "%s", (const char *)type);
    (void)snprintf(last.call, sizeof last.call, "%s", text);
    pending = true;
    return 0;
}

static void clear(JNIEnv *env) {
    (void)env;
    pending = false;
}

static jboolean is_pending(JNIEnv *env) {
    (void)env;
    return pending;
}

static jsize length(JNIEnv *env, jarray array) {
    (void)env;
    return ((struct array *)array)->count;
}

static void store(struct array *array, int from, int count, const void *values) {
    if (from < 0 || from + count > array->count) {
        (void)fprintf(stderr, "index out of bounds: %d of %d\n", from + count, array->count);
        abort();
    }
    memcpy(array->elements + (size_t)from * (size_t)array->size, values, (size_t)count * (size_t)array->size);
}

static void store_longs(JNIEnv *env, jlongArray array, jsize from, jsize count, const jlong *values) {
    (void)env;
    store((struct array *)array, from, count, values);
}

static void store_ints(JNIEnv *env, jintArray array, jsize from, jsize count, const jint *values) {
    (void)env;
    store((struct array *)array, from, count, values);
}

static void store_bytes(JNIEnv *env, jbyteArray array, jsize from, jsize count, const jbyte *values) {
    (void)env;
    store((struct array *)array, from, count, values);
}

static void load_bytes(JNIEnv *env, jbyteArray array, jsize from, jsize count, jbyte *into) {
    (void)env;
    memcpy(into, ((struct array *)array)->elements + from, (size_t)count);
}

static jbyteArray new_bytes(JNIEnv *env, jsize count) {
    (void)env;
    return (jbyteArray)new_array(count, 1);
}

static const char *text_of(JNIEnv *env, jstring text, jboolean *copied) {
    (void)env;
    (void)copied;
    return (const char *)text;
}

static void release_text(JNIEnv *env, jstring text, const char *of) {
    (void)env;
    (void)text;
    (void)of;
}

JNIEnv *fake_jvm(void) {
    static struct JNINativeInterface_ functions;
    static JNIEnv env = &functions;
    functions.FindClass = find_class;
    functions.GetMethodID = method;
    functions.NewStringUTF = string;
    functions.NewObject = construct;
    functions.Throw = throw_it;
    functions.ThrowNew = throw_new;
    functions.ExceptionClear = clear;
    functions.ExceptionCheck = is_pending;
    functions.GetArrayLength = length;
    functions.SetLongArrayRegion = store_longs;
    functions.SetIntArrayRegion = store_ints;
    functions.SetByteArrayRegion = store_bytes;
    functions.GetByteArrayRegion = load_bytes;
    functions.NewByteArray = new_bytes;
    functions.GetStringUTFChars = text_of;
    functions.ReleaseStringUTFChars = release_text;
    return &env;
}

void with_our_exception(bool found) {
    ours_found = found;
}

const struct thrown *caught(void) {
    bool was = pending;
    pending = false;
    return was ? &last : NULL;
}

jarray new_array(int count, int size) {
    struct array *array = calloc(1, sizeof(struct array) + (size_t)count * (size_t)size);
    if (array == NULL) {
        abort();
    }
    array->count = count;
    array->size = size;
    return (jarray)array;
}

void *elements_of(jarray array) {
    return ((struct array *)array)->elements;
}

void free_array(jarray array) {
    free(array);
}
