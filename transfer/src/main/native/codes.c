#include "library.h"

#include <limits.h>
#include <stddef.h>

#define NAMED(code) {code, #code}

/* Of our own: glibc names them only from 2.32 on. */
static const struct {
    int code;
    const char *name;
} NAMES[] = {
    NAMED(EPERM),        NAMED(ENOENT),          NAMED(EINTR),         NAMED(EIO),          NAMED(ENXIO),
    NAMED(E2BIG),        NAMED(EBADF),           NAMED(EAGAIN),        NAMED(ENOMEM),       NAMED(EACCES),
    NAMED(EFAULT),       NAMED(EBUSY),           NAMED(EEXIST),        NAMED(ENODEV),       NAMED(ENOTDIR),
    NAMED(EINVAL),       NAMED(ENFILE),          NAMED(EMFILE),        NAMED(ENOTTY),       NAMED(EFBIG),
    NAMED(ENOSPC),       NAMED(EPIPE),           NAMED(EDOM),          NAMED(ERANGE),       NAMED(EDEADLK),
    NAMED(ENAMETOOLONG), NAMED(ENOSYS),          NAMED(EPROTO),        NAMED(EBADMSG),      NAMED(EOVERFLOW),
    NAMED(EMSGSIZE),     NAMED(EPROTONOSUPPORT), NAMED(EOPNOTSUPP),    NAMED(EAFNOSUPPORT), NAMED(EADDRINUSE),
    NAMED(ENETDOWN),     NAMED(EADDRNOTAVAIL),   NAMED(ENETUNREACH),   NAMED(ECONNABORTED), NAMED(ECONNRESET),
    NAMED(ENOBUFS),      NAMED(EISCONN),         NAMED(ENOTCONN),      NAMED(ETIMEDOUT),    NAMED(ECONNREFUSED),
    NAMED(EHOSTDOWN),    NAMED(EHOSTUNREACH),    NAMED(EALREADY),      NAMED(EINPROGRESS),  NAMED(ESTALE),
    NAMED(EREMOTEIO),    NAMED(EDQUOT),          NAMED(ECANCELED),     NAMED(ENODATA),      NAMED(ETIME),
    NAMED(ENOLINK),      NAMED(ECOMM),           NAMED(EMULTIHOP),     NAMED(EILSEQ),       NAMED(ESRCH),
    NAMED(ENOTSOCK),     NAMED(EDESTADDRREQ),    NAMED(EPROTOTYPE),    NAMED(ENOPROTOOPT),  NAMED(ENOTCONN),
    NAMED(ESHUTDOWN),    NAMED(EXDEV),           NAMED(EROFS),         NAMED(ELIBACC),      NAMED(EKEYREJECTED),
};

const char *code_name(int code) {
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (NAMES[i].code == code) {
            return NAMES[i].name;
        }
    }
    return "unknown code";
}

int code_of(int result) {
    if (result == -1 && errno != 0) {
        return errno;
    }
    if (result == INT_MIN) { // has no positive
        return EIO;
    }
    return result < 0 ? -result : result;
}

int code_of_null(void) {
    return errno == 0 ? EIO : errno;
}
