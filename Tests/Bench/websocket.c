// An echo server for WebSockets, and clients that each send a small message and wait for it to come
// back:
//   websocket serve PORT
//   websocket drive PORT CONNECTIONS SECONDS KEY    prints how many messages came back
// Masks are zero, so that a message is the same bytes on both ways.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { payload_bytes = 32, client_frame = 6 + payload_bytes, server_frame = 2 + payload_bytes };
enum { connections_max = 4096, buffer_bytes = 4096 };

struct connection {
    int is_open;
    size_t used;
    char buffer[buffer_bytes];
};

static struct connection connections[connections_max];
static int poller;
static char client_message[client_frame], server_message[server_frame];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void watch(int socket) {
    if (socket >= connections_max) fail("too many connections");
    int one = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event) < 0) fail("epoll_ctl");
    connections[socket] = (struct connection){0};
}

static void say(int socket, const void *bytes, size_t count) {
    if (send(socket, bytes, count, MSG_NOSIGNAL) != (ssize_t)count) fail("send");
}

// Whether there are more bytes; what was read stands in the buffer.
static int hear(int socket) {
    struct connection *it = &connections[socket];
    ssize_t count = recv(socket, it->buffer + it->used, buffer_bytes - 1 - it->used, 0);
    if (count <= 0) return 0;
    it->used += (size_t)count;
    it->buffer[it->used] = 0;
    return 1;
}

static void drop(struct connection *it, size_t count) {
    it->used -= count;
    memmove(it->buffer, it->buffer + count, it->used);
}

// Whether the head was complete.
static int open_with_head(struct connection *it) {
    char *end = memmem(it->buffer, it->used, "\r\n\r\n", 4);
    if (!end) return 0;
    it->is_open = 1;
    drop(it, (size_t)(end + 4 - it->buffer));
    return 1;
}

static void serve(int port) {
    static const char agree[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = loopback(port);
    if (bind(listener, (void *)&address, sizeof address) < 0 || listen(listener, 4096) < 0)
        fail("listen");
    watch(listener);
    for (;;) {
        struct epoll_event events[64];
        int count = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < count; i++) {
            int socket = events[i].data.fd;
            struct connection *it = &connections[socket];
            if (socket == listener) {
                int client = accept(listener, NULL, NULL);
                if (client >= 0) watch(client);
                continue;
            }
            if (!hear(socket)) {
                close(socket);
                continue;
            }
            if (!it->is_open) {
                if (!open_with_head(it)) continue;
                say(socket, agree, sizeof agree - 1);
            }
            for (; it->used >= client_frame; drop(it, client_frame))
                say(socket, server_message, server_frame);
        }
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void begin(int port, const char *key) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(port);
    if (connect(client, (void *)&address, sizeof address) < 0) fail("connect");
    char head[512];
    int length = snprintf(
        head, sizeof head,
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "x-api-key: %s\r\n\r\n",
        key);
    watch(client);
    say(client, head, (size_t)length);
}

static void drive(int port, int wanted, double seconds, const char *key) {
    for (int i = 0; i < wanted; i++) begin(port, key);
    long messages = 0;
    for (double end = now() + seconds; now() < end;) {
        struct epoll_event events[64];
        int count = epoll_wait(poller, events, 64, 100);
        for (int i = 0; i < count; i++) {
            int socket = events[i].data.fd;
            struct connection *it = &connections[socket];
            if (!hear(socket)) fail("a connection ended");
            if (!it->is_open) {
                if (strncmp(it->buffer, "HTTP/1.1 101", 12)) {
                    fprintf(stderr, "not a WebSocket: %.60s\n", it->buffer);
                    exit(1);
                }
                if (open_with_head(it)) say(socket, client_message, client_frame);
            }
            for (; it->used >= server_frame; drop(it, server_frame)) {
                messages++;
                say(socket, client_message, client_frame);
            }
        }
    }
    printf("%ld\n", messages);
}

int main(int count, char **arguments) {
    client_message[0] = server_message[0] = (char)0x82;
    client_message[1] = (char)(0x80 | payload_bytes);
    server_message[1] = payload_bytes;
    poller = epoll_create1(0);
    if (count == 3 && !strcmp(arguments[1], "serve")) serve(atoi(arguments[2]));
    if (count == 6 && !strcmp(arguments[1], "drive")) {
        drive(atoi(arguments[2]), atoi(arguments[3]), atof(arguments[4]), arguments[5]);
        return 0;
    }
    fprintf(stderr, "usage: websocket serve PORT | drive PORT CONNECTIONS SECONDS KEY\n");
    return 2;
}
