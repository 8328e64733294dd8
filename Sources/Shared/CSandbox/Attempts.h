// Attempts to break out of a sandbox, each of which succeeds somewhere: `sluice agentd self-test`
// runs them within, where all must fail, and outside, where they show that they can succeed.
#ifndef CSANDBOX_ATTEMPTS_H
#define CSANDBOX_ATTEMPTS_H

#include <stdint.h>
#include <sys/types.h>

// What there is to be reached outside.
struct attempt_target {
    // A process that holds `canary` in its memory, at `address`, and in its environment.
    pid_t process;
    uint64_t address;
    const char *canary;
    // A file of the host that everybody may read, and that holds `canary`.
    const char *file;
    // Listening on the host: a TCP port of its loopback, and Unix sockets, abstract and at a path.
    uint16_t port;
    const char *abstract;
    const char *socket;
    // A shared memory segment of the host.
    int shared_memory;
    // A folder that the attempt may write to.
    const char *folder;
    // What is used beyond that is an escape.
    uint64_t memory_bytes;
    uint64_t processes;
    uint64_t disk_bytes;
    uint64_t file_bytes;
};

enum attempt_verdict {
    ATTEMPT_ESCAPED,
    ATTEMPT_BLOCKED,
    // This kernel or machine has nothing to break into.
    ATTEMPT_MISSING,
};

struct attempt_result {
    enum attempt_verdict verdict;
    const char *layer;
    int code;
};

struct attempt {
    const char *name;
    struct attempt_result (*make)(const struct attempt_target *target);
};

extern const struct attempt attempts_on_files[];
extern const struct attempt attempts_on_network[];
extern const struct attempt attempts_on_processes[];
extern const struct attempt attempts_on_kernel[];
extern const struct attempt attempts_on_resources[];

struct attempt_result attempt_escaped(void);
struct attempt_result attempt_missing(void);
// By `layer`; errno is kept.
struct attempt_result attempt_blocked(const char *layer);
// A privileged call that failed: by the filter, if there is one, or for want of a capability.
struct attempt_result attempt_refused(void);
// What a privileged call's result means: 0 and more is an escape.
struct attempt_result attempt_call(long result);
// As `attempt_call`, for calls that complain of `code` only to those who may make them.
struct attempt_result attempt_call_reaching(long result, int code);

#endif
