#define _GNU_SOURCE
#include "Attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int holds(const char *bytes, ssize_t count, const char *canary) {
    return count > 0 && memmem(bytes, (size_t)count, canary, strlen(canary)) != NULL;
}

// What /proc has of a process that should not be seen.
static struct attempt_result read_of_process(const struct attempt_target *target, const char *name,
                                             off_t offset) {
    char path[64], bytes[4096];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)target->process, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return attempt_blocked(errno == ENOENT ? "namespaces" : "identity");
    ssize_t count = pread(file, bytes, sizeof bytes, offset);
    return holds(bytes, count, target->canary) ? attempt_escaped() : attempt_blocked("namespaces");
}

static struct attempt_result read_environment(const struct attempt_target *target) {
    return read_of_process(target, "environ", 0);
}

static struct attempt_result read_memory(const struct attempt_target *target) {
    return read_of_process(target, "mem", (off_t)target->address);
}

static struct attempt_result own_environment(const struct attempt_target *target) {
    extern char **environ;
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strstr(*variable, target->canary) != NULL) return attempt_escaped();
    }
    return attempt_blocked("environment");
}

static struct attempt_result own_descriptors(const struct attempt_target *target) {
    (void)target;
    for (int number = 3; number < 1024; number++) {
        if (fcntl(number, F_GETFD) >= 0) return attempt_escaped();
    }
    return attempt_blocked("descriptors");
}

static struct attempt_result aimed(long result) {
    if (result >= 0) return attempt_escaped();
    return errno == ESRCH ? attempt_blocked("namespaces") : attempt_refused();
}

static struct attempt_result trace(const struct attempt_target *target) {
    long result = ptrace(PTRACE_SEIZE, target->process, NULL, NULL);
    if (result == 0) ptrace(PTRACE_DETACH, target->process, NULL, NULL);
    return aimed(result);
}

static struct attempt_result read_by_call(const struct attempt_target *target) {
    char bytes[64];
    struct iovec here = {bytes, sizeof bytes};
    struct iovec there = {(void *)(uintptr_t)target->address, sizeof bytes};
    ssize_t count = process_vm_readv(target->process, &here, 1, &there, 1, 0);
    if (count >= 0 && !holds(bytes, count, target->canary)) return attempt_blocked("namespaces");
    return aimed(count);
}

static struct attempt_result take_descriptor(const struct attempt_target *target) {
    long process = syscall(SYS_pidfd_open, target->process, 0);
    if (process < 0) return aimed(process);
    return aimed(syscall(SYS_pidfd_getfd, (int)process, 0, 0));
}

static struct attempt_result signal_outside(const struct attempt_target *target) {
    if (kill(target->process, 0) == 0) return attempt_escaped();
    return attempt_blocked(errno == ESRCH ? "namespaces" : "identity");
}

static struct attempt_result enter_namespace(const struct attempt_target *target) {
    static const char *const kinds[] = {"net", "mnt", "pid", "ipc", "user"};
    for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)target->process, kinds[index]);
        int place = open(path, O_RDONLY | O_CLOEXEC);
        if (place < 0) {
            snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[index]);
            place = open(path, O_RDONLY | O_CLOEXEC);
        }
        if (place >= 0 && setns(place, 0) == 0) return attempt_escaped();
    }
    return attempt_refused();
}

static struct attempt_result new_user_namespace(const struct attempt_target *target) {
    (void)target;
    return attempt_call(unshare(CLONE_NEWUSER));
}

static struct attempt_result clone_namespace(const struct attempt_target *target) {
    (void)target;
    const unsigned long flags = CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD;
    long process = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    if (process == 0) _exit(0);
    if (process > 0) waitpid((pid_t)process, NULL, 0);
    return attempt_call(process);
}

// Its flags lie in memory, where a filter cannot look.
static struct attempt_result clone3_namespace(const struct attempt_target *target) {
    (void)target;
    uint64_t arguments[11] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
    long process = syscall(SYS_clone3, arguments, sizeof arguments);
    if (process == 0) _exit(0);
    if (process > 0) waitpid((pid_t)process, NULL, 0);
    return attempt_call(process);
}

static struct attempt_result become_root(const struct attempt_target *target) {
    (void)target;
    if (setuid(0) == 0 && geteuid() == 0) return attempt_escaped();
    return attempt_blocked("identity");
}

static struct attempt_result gain_capability(const struct attempt_target *target) {
    (void)target;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct wanted[2] = {{1u << CAP_SYS_ADMIN, 1u << CAP_SYS_ADMIN, 0}};
    if (syscall(SYS_capset, &header, wanted) == 0) return attempt_escaped();
    return attempt_blocked("capabilities");
}

static struct attempt_result raise_limit(const struct attempt_target *target) {
    (void)target;
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    if (limit.rlim_max == RLIM_INFINITY) return attempt_escaped();
    limit.rlim_max += 1;
    if (setrlimit(RLIMIT_CORE, &limit) == 0) return attempt_escaped();
    return attempt_blocked("capabilities");
}

// Starts a process that outlives the command, and that would make a file afterwards.
static struct attempt_result outlive(const struct attempt_target *target) {
    char path[512];
    snprintf(path, sizeof path, "%s/outlived", target->folder);
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            for (int stream = 0; stream < 3; stream++) close(stream);
            signal(SIGTERM, SIG_IGN);
            usleep(300000);
            open(path, O_WRONLY | O_CREAT, 0600);
        }
        _exit(0);
    }
    // Whether it has, the self-test looks for.
    return attempt_blocked("process-end");
}

const struct attempt attempts_on_processes[] = {
    {"read-environment", read_environment},
    {"read-memory", read_memory},
    {"own-environment", own_environment},
    {"own-descriptors", own_descriptors},
    {"ptrace", trace},
    {"read-by-call", read_by_call},
    {"take-descriptor", take_descriptor},
    {"signal-outside", signal_outside},
    {"enter-namespace", enter_namespace},
    {"user-namespace", new_user_namespace},
    {"clone-namespace", clone_namespace},
    {"clone3-namespace", clone3_namespace},
    {"become-root", become_root},
    {"gain-capability", gain_capability},
    {"raise-limit", raise_limit},
    {"outlive", outlive},
    {NULL, NULL},
};
