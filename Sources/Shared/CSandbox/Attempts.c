#define _GNU_SOURCE
#include "Attempts.h"

#include "Internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

struct attempt_result attempt_escaped(void) {
    return (struct attempt_result){ATTEMPT_ESCAPED, "none", 0};
}

struct attempt_result attempt_missing(void) {
    return (struct attempt_result){ATTEMPT_MISSING, "kernel", errno};
}

struct attempt_result attempt_blocked(const char *layer) {
    return (struct attempt_result){ATTEMPT_BLOCKED, layer, errno};
}

static int is_filtered(void) {
    int code = errno;
    int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
    errno = code;
    return mode == 2;
}

struct attempt_result attempt_refused(void) {
    if (is_filtered() && (errno == EPERM || errno == ENOSYS)) return attempt_blocked("seccomp");
    if (errno == ENOSYS || errno == EOPNOTSUPP || errno == EAFNOSUPPORT) return attempt_missing();
    return attempt_blocked("capabilities");
}

struct attempt_result attempt_call(long result) {
    return result >= 0 ? attempt_escaped() : attempt_refused();
}

struct attempt_result attempt_call_reaching(long result, int code) {
    return result < 0 && errno == code ? attempt_escaped() : attempt_call(result);
}

static const struct attempt *const groups[] = {
    attempts_on_files, attempts_on_network, attempts_on_processes, attempts_on_kernel,
    attempts_on_resources,
};

static const size_t group_count = sizeof groups / sizeof *groups;

const char *csandbox_attempt_name(int index) {
    for (size_t group = 0; group < group_count; group++) {
        for (const struct attempt *attempt = groups[group]; attempt->name != NULL; attempt++) {
            if (index-- == 0) return attempt->name;
        }
    }
    return NULL;
}

// The value of `key=value` among the arguments; empty without.
static const char *value(int count, char **arguments, const char *key) {
    size_t length = strlen(key);
    for (int index = 0; index < count; index++) {
        if (strncmp(arguments[index], key, length) == 0 && arguments[index][length] == '=') {
            return arguments[index] + length + 1;
        }
    }
    return "";
}

static uint64_t number(int count, char **arguments, const char *key) {
    return strtoull(value(count, arguments, key), NULL, 10);
}

static struct attempt_target read_target(int count, char **arguments) {
    return (struct attempt_target){
        .process = (pid_t)number(count, arguments, "process"),
        .address = number(count, arguments, "address"),
        .canary = value(count, arguments, "canary"),
        .file = value(count, arguments, "file"),
        .port = (uint16_t)number(count, arguments, "port"),
        .abstract = value(count, arguments, "abstract"),
        .socket = value(count, arguments, "socket"),
        .shared_memory = (int)number(count, arguments, "shared-memory"),
        .folder = value(count, arguments, "folder"),
        .memory_bytes = number(count, arguments, "memory"),
        .processes = number(count, arguments, "processes"),
        .disk_bytes = number(count, arguments, "disk"),
        .file_bytes = number(count, arguments, "file-bytes"),
    };
}

// Holds the canary until it is ended, and says where it lies.
static void hold_canary(const char *canary) {
    char copy[128];
    snprintf(copy, sizeof copy, "%s", canary);
    printf("%d %llu\n", (int)getpid(), (unsigned long long)(uintptr_t)copy);
    fflush(stdout);
    // Whoever may trace a process of its own identity may trace this one.
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    for (;;) pause();
}

// Arguments: the program, the switch, the attempt's name, and `key=value` for the target.
void csandbox_run_attempt(int count, char **arguments) {
    static const char *const verdicts[] = {"escaped", "blocked", "missing"};
    if (count < 3) _exit(2);
    struct attempt_target target = read_target(count - 3, arguments + 3);
    if (strcmp(arguments[2], "victim") == 0) hold_canary(target.canary);
    for (size_t group = 0; group < group_count; group++) {
        for (const struct attempt *attempt = groups[group]; attempt->name != NULL; attempt++) {
            if (strcmp(attempt->name, arguments[2]) != 0) continue;
            errno = 0;
            struct attempt_result result = attempt->make(&target);
            printf("%s %s %s\n", verdicts[result.verdict], result.layer,
                   result.code == 0 ? "-" : strerrorname_np(result.code));
            fflush(stdout);
            _exit(0);
        }
    }
    _exit(2);
}
