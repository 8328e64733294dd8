// The Linux calls and constants that Glibc's module hides without _GNU_SOURCE, or that Swift does
// not import because they are macros. No header here may define _GNU_SOURCE: that would split
// fd_set between modules.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>

// Not visible to Swift through Glibc once another module's header has included it as well.
static const int CLINUX_SOCK_STREAM = SOCK_STREAM;
static const int CLINUX_STREAM_TYPE = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
static const int CLINUX_STREAM_FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC;
static const int CLINUX_EVENTFD_FLAGS = EFD_NONBLOCK | EFD_CLOEXEC;
static const int CLINUX_EPOLL_CLOEXEC = EPOLL_CLOEXEC;
static const uint32_t CLINUX_IN = EPOLLIN;
static const uint32_t CLINUX_OUT = EPOLLOUT;
static const uint32_t CLINUX_RDHUP = EPOLLRDHUP;
static const uint32_t CLINUX_HUP = EPOLLHUP;
static const uint32_t CLINUX_ERR = EPOLLERR;
static const uint32_t CLINUX_ET = EPOLLET;

int clinux_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);

struct clinux_ucred {
    int32_t pid;
    uint32_t uid;
};

// Who is connected to a Unix socket. 0, or -1 with errno.
int clinux_peer_credentials(int socket, struct clinux_ucred *credentials);

// Names the calling thread; a name over 15 bytes is cut.
void clinux_name_thread(const char *name);

// Leaves no core file of this process, and lets no other process of its user read its memory.
// 0, or -1 with errno.
int clinux_forbid_dumps(void);

// Gives the calling thread the lowest priority, for good: who may not raise it cannot go back.
int clinux_give_way(void);

// Asks for turns of so many nanoseconds for the calling thread, 100,000 at least. 0, or -1 with
// errno. A thread that the system was told to schedule otherwise stays as it is.
int clinux_take_short_turns(uint64_t nanoseconds);

// The calls of the request path. glibc's own are points where threads can be cancelled, which costs
// two atomic operations each in a process with threads; nobody here cancels one.

// recv and send, the latter without SIGPIPE, and epoll_wait.
ssize_t clinux_receive(int socket, void *bytes, size_t length);
ssize_t clinux_send(int socket, const void *bytes, size_t length);
int clinux_wait(int poller, struct epoll_event *events, int count, int milliseconds);

// Both pieces with one sendmsg, without SIGPIPE.
ssize_t clinux_send2(int socket, const void *first, size_t first_length, const void *second,
                     size_t second_length);

#endif
