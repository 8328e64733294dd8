#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/types.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(listener, address, length, flags);
}

int clinux_peer_credentials(int socket, struct clinux_ucred *credentials) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    credentials->pid = peer.pid;
    credentials->uid = peer.uid;
    return 0;
}

ssize_t clinux_send2(int socket, const void *first, size_t first_length, const void *second,
                     size_t second_length) {
    struct iovec pieces[2] = {{(void *)first, first_length}, {(void *)second, second_length}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    return syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL);
}

ssize_t clinux_send(int socket, const void *bytes, size_t length) {
    return syscall(SYS_sendto, socket, bytes, length, MSG_NOSIGNAL, NULL, 0);
}

ssize_t clinux_receive(int socket, void *bytes, size_t length) {
    return syscall(SYS_recvfrom, socket, bytes, length, 0, NULL, NULL);
}

int clinux_wait(int poller, struct epoll_event *events, int count, int milliseconds) {
    return (int)syscall(SYS_epoll_pwait, poller, events, count, milliseconds, NULL, 8);
}

int clinux_give_way(void) { return setpriority(PRIO_PROCESS, 0, 19); }

// The first version of the kernel's struct sched_attr, which C libraries before 2.41 do not have.
struct scheduling {
    __u32 size, policy;
    __u64 flags;
    __s32 nice;
    __u32 priority;
    __u64 runtime, deadline, period;
};

int clinux_take_short_turns(uint64_t nanoseconds) {
    struct scheduling now = {0};
    if (syscall(SYS_sched_getattr, 0, &now, sizeof now, 0) != 0) return -1;
    if (now.policy != SCHED_OTHER) return 0;
    now.size = sizeof now;
    now.runtime = nanoseconds;
    return (int)syscall(SYS_sched_setattr, 0, &now, 0);
}

void clinux_name_thread(const char *name) {
    char cut[16];
    snprintf(cut, sizeof cut, "%s", name);
    pthread_setname_np(pthread_self(), cut);
}

int clinux_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
