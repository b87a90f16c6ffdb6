#include "library.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

#define MILLIS_PER_SECOND 1000
#define NANOS_PER_MILLI 1000000

static long long now_millis(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * MILLIS_PER_SECOND + now.tv_nsec / NANOS_PER_MILLI;
}

int wait_readable(int fd, int millis) {
    struct pollfd file = {.fd = fd, .events = POLLIN};
    long long end = now_millis() + millis;
    int left = millis;
    for (;;) {
        int ready = poll(&file, 1, left);
        if (ready >= 0) {
            return ready > 0 ? WAIT_READY : WAIT_TIMED_OUT;
        }
        if (errno != EINTR) {
            return -1;
        }
        if (millis >= 0) {
            long long remaining = end - now_millis();
            left = remaining > 0 ? (int)remaining : 0;
        }
    }
}

int set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) {
        return -1;
    }
    return (flags & O_NONBLOCK) != 0 ? 0 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}
