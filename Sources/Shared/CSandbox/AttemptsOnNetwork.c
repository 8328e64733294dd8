#define _GNU_SOURCE
#include "Attempts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct attempt_result connected(int result) {
    if (result == 0) return attempt_escaped();
    if (errno == EPERM || errno == EACCES) return attempt_blocked("landlock");
    return attempt_blocked("network");
}

static struct attempt_result host_loopback(const struct attempt_target *target) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(target->port),
        .sin_addr = {htonl(INADDR_LOOPBACK)},
    };
    int probe = socket(AF_INET, SOCK_STREAM, 0);
    if (probe < 0) return attempt_refused();
    return connected(connect(probe, (struct sockaddr *)&address, sizeof address));
}

// A datagram socket that is connected sends nothing; it only asks for the way.
static struct attempt_result way_out(const struct attempt_target *target) {
    (void)target;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
    int probe = socket(AF_INET, SOCK_DGRAM, 0);
    if (probe < 0) return attempt_refused();
    return connected(connect(probe, (struct sockaddr *)&address, sizeof address));
}

static int connect_unix(const char *name, int abstract) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length + 1 >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path + abstract, name, length);
    int probe = socket(AF_UNIX, SOCK_STREAM, 0);
    size_t size = offsetof(struct sockaddr_un, sun_path) + length + (size_t)abstract;
    return connect(probe, (struct sockaddr *)&address, (socklen_t)size);
}

static struct attempt_result abstract_socket(const struct attempt_target *target) {
    return connected(connect_unix(target->abstract, 1));
}

static struct attempt_result unix_socket(const struct attempt_target *target) {
    if (connect_unix(target->socket, 0) == 0) return attempt_escaped();
    return attempt_blocked(errno == ENOENT ? "view" : "identity");
}

static struct attempt_result raw_socket(const struct attempt_target *target) {
    (void)target;
    return attempt_call(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static struct attempt_result packet_socket(const struct attempt_target *target) {
    (void)target;
    return attempt_call(socket(AF_PACKET, SOCK_RAW, 0));
}

static struct attempt_result host_socket(const struct attempt_target *target) {
    (void)target;
    return attempt_call(socket(AF_VSOCK, SOCK_STREAM, 0));
}

static struct attempt_result kernel_crypto_socket(const struct attempt_target *target) {
    (void)target;
    return attempt_call(socket(AF_ALG, SOCK_SEQPACKET, 0));
}

static struct attempt_result shared_memory(const struct attempt_target *target) {
    void *place = shmat(target->shared_memory, NULL, SHM_RDONLY);
    if (place != (void *)-1) return attempt_escaped();
    return errno == EINVAL || errno == EIDRM ? attempt_blocked("namespaces") : attempt_refused();
}

const struct attempt attempts_on_network[] = {
    {"host-loopback", host_loopback},
    {"way-out", way_out},
    {"abstract-socket", abstract_socket},
    {"unix-socket", unix_socket},
    {"raw-socket", raw_socket},
    {"packet-socket", packet_socket},
    {"vsock", host_socket},
    {"kernel-crypto", kernel_crypto_socket},
    {"shared-memory", shared_memory},
    {NULL, NULL},
};
