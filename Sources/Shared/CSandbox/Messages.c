#define _GNU_SOURCE
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

const void *csandbox_take(struct csandbox_cursor *cursor, size_t count) {
    if (cursor->left < count) return NULL;
    const char *taken = cursor->at;
    cursor->at += count;
    cursor->left -= count;
    return taken;
}

const char *csandbox_take_string(struct csandbox_cursor *cursor) {
    const char *end = memchr(cursor->at, 0, cursor->left);
    if (end == NULL) return NULL;
    return csandbox_take(cursor, (size_t)(end - cursor->at) + 1);
}

int csandbox_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int csandbox_socket_pair(int pair[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

// Room for the descriptors of one message, aligned as the kernel wants it.
union ancillary {
    char bytes[CMSG_SPACE(16 * sizeof(int))];
    struct cmsghdr header;
};

ssize_t csandbox_send(int socket, const void *bytes, size_t count, const int *descriptors,
                      int descriptor_count) {
    struct iovec piece = {(void *)bytes, count};
    union ancillary ancillary;
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (descriptor_count > CSANDBOX_DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (descriptor_count > 0) {
        size_t length = (size_t)descriptor_count * sizeof(int);
        memset(&ancillary, 0, sizeof ancillary);
        message.msg_control = ancillary.bytes;
        message.msg_controllen = CMSG_SPACE(length);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(length);
        memcpy(CMSG_DATA(header), descriptors, length);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

ssize_t csandbox_receive(int socket, void *bytes, size_t capacity, int *descriptors,
                         int *descriptor_count) {
    struct iovec piece = {bytes, capacity};
    union ancillary ancillary;
    struct msghdr message = {
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = ancillary.bytes,
        .msg_controllen = sizeof ancillary.bytes,
    };
    *descriptor_count = 0;
    ssize_t count;
    do count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    if (count < 0) return count;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t length = header->cmsg_len - CMSG_LEN(0);
        memcpy(descriptors, CMSG_DATA(header), length);
        *descriptor_count = (int)(length / sizeof(int));
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (int index = 0; index < *descriptor_count; index++) close(descriptors[index]);
        *descriptor_count = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return count;
}

int csandbox_signal_process(int pidfd, int number) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

int csandbox_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

uint64_t csandbox_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
