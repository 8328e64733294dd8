// The Linux calls that Glibc's module hides without _GNU_SOURCE. No header here may define it:
// that would split fd_set between modules.
#ifndef CLINUX_H
#define CLINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

int clinux_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);

#endif
