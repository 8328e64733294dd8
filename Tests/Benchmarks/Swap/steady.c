// A steady load: every connection sends a request each INTERVAL microseconds, whether the one
// before was slow or not, and notes how long after its due time the whole answer was there. It asks
// for a real-time priority, so that what it measures is not its own waiting for a processor.
// usage: steady PORT CONNECTIONS INTERVAL_US SECONDS REQUEST-FILE
// Prints: requests, answers that are late by more than 5 ms, and the quantiles in microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1024, BUFFER = 8192, REQUEST_MAX = 4096 };

struct connection {
    int socket;
    int64_t due;      // when the next request is to be sent
    int64_t sent_due; // when the one under way was to be sent; 0 when none is
    size_t filled;
    char buffer[BUFFER];
};

static struct connection connections[CONNECTIONS_MAX];
static char request[REQUEST_MAX];
static size_t request_size;
static int64_t *waits;
static size_t waits_count, waits_max;

static int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int socket_number = socket(AF_INET, SOCK_STREAM, 0);
    if (socket_number < 0) die("socket");
    if (connect(socket_number, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
    int one = 1;
    setsockopt(socket_number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(socket_number, F_SETFL, O_NONBLOCK);
    return socket_number;
}

// The length of a whole answer at the start of the buffer, or 0.
static size_t answer_size(struct connection *connection) {
    connection->buffer[connection->filled] = 0;
    char *end = strstr(connection->buffer, "\r\n\r\n");
    if (!end) return 0;
    char *field = strcasestr(connection->buffer, "\r\ncontent-length:");
    size_t length = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    size_t size = (size_t)(end + 4 - connection->buffer) + length;
    return connection->filled >= size ? size : 0;
}

static void take_answer(struct connection *connection) {
    ssize_t got;
    while ((got = recv(connection->socket, connection->buffer + connection->filled,
                       BUFFER - 1 - connection->filled, 0)) > 0) {
        connection->filled += (size_t)got;
        if (connection->filled == BUFFER - 1) break;
    }
    if (got == 0) {
        fprintf(stderr, "steady: a connection was closed\n");
        exit(1);
    }
    size_t size = answer_size(connection);
    if (size == 0 || connection->sent_due == 0) return;
    if (waits_count < waits_max) waits[waits_count++] = now_ns() - connection->sent_due;
    memmove(connection->buffer, connection->buffer + size, connection->filled - size);
    connection->filled -= size;
    connection->sent_due = 0;
}

static void send_due(struct connection *connection, int64_t now, int64_t interval) {
    if (connection->sent_due != 0 || connection->due > now) return;
    connection->sent_due = connection->due;
    connection->due += interval;
    if (send(connection->socket, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size) {
        die("send");
    }
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void report(void) {
    qsort(waits, waits_count, sizeof *waits, ascending);
    size_t late = 0;
    for (size_t index = 0; index < waits_count; index++) late += waits[index] > 5000000;
    if (waits_count == 0) exit(1);
    printf("%zu requests, %zu over 5 ms, p50 %lld us, p99 %lld us, p99.9 %lld us, longest %lld us\n",
           waits_count, late, (long long)waits[waits_count / 2] / 1000,
           (long long)waits[waits_count * 99 / 100] / 1000,
           (long long)waits[waits_count * 999 / 1000] / 1000,
           (long long)waits[waits_count - 1] / 1000);
}

int main(int count, char **arguments) {
    if (count != 6) return 2;
    int port = atoi(arguments[1]), total = atoi(arguments[2]);
    int64_t interval = atoll(arguments[3]) * 1000, seconds = atoll(arguments[4]);
    FILE *file = fopen(arguments[5], "r");
    if (!file || total < 1 || total > CONNECTIONS_MAX || interval < 1) return 2;
    request_size = fread(request, 1, sizeof request, file);
    waits_max = (size_t)(seconds * 1000000000 / interval + 2) * (size_t)total;
    waits = malloc(waits_max * sizeof *waits);
    struct sched_param priority = {.sched_priority = 10};
    if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0) {
        fprintf(stderr, "steady: no real-time priority; waits include its own\n");
    }
    int poll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct itimerspec tick = {{0, 200000}, {0, 200000}};
    timerfd_settime(timer, 0, &tick, NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event);
    int64_t start = now_ns() + 100000000;
    for (int index = 0; index < total; index++) {
        connections[index].socket = connect_to(port);
        connections[index].due = start + interval * index / total;
        event.data.u32 = (uint32_t)index;
        epoll_ctl(poll, EPOLL_CTL_ADD, connections[index].socket, &event);
    }
    int64_t end = start + seconds * 1000000000;
    for (int64_t now = now_ns(); now < end; now = now_ns()) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 10);
        for (int index = 0; index < ready; index++) {
            uint64_t ticks;
            if (events[index].data.u32 == UINT32_MAX) {
                while (read(timer, &ticks, sizeof ticks) > 0) {}
            } else {
                take_answer(&connections[events[index].data.u32]);
            }
        }
        now = now_ns();
        for (int index = 0; index < total; index++) send_due(&connections[index], now, interval);
    }
    report();
    return 0;
}
