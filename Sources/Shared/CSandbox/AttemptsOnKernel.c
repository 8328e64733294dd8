#define _GNU_SOURCE
#include "Attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static struct attempt_result io_uring(const struct attempt_target *target) {
    (void)target;
    unsigned char parameters[256] = {0};
    return attempt_call(syscall(SYS_io_uring_setup, 4, parameters));
}

static struct attempt_result user_faults(const struct attempt_target *target) {
    (void)target;
    return attempt_call(syscall(SYS_userfaultfd, O_CLOEXEC | 1));
}

static struct attempt_result keyring(const struct attempt_target *target) {
    (void)target;
    return attempt_call(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1));
}

static struct attempt_result add_key(const struct attempt_target *target) {
    (void)target;
    return attempt_call(
        syscall(SYS_add_key, "user", "sluice-self-test", "x", 1, KEY_SPEC_PROCESS_KEYRING));
}

static struct attempt_result load_bpf(const struct attempt_target *target) {
    (void)target;
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = attributes.value_size = 4;
    attributes.max_entries = 1;
    return attempt_call(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

static struct attempt_result performance_events(const struct attempt_target *target) {
    (void)target;
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_TASK_CLOCK;
    attributes.exclude_kernel = 1;
    return attempt_call(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

// Without content: who may load modules is told that this is none.
static struct attempt_result kernel_module(const struct attempt_target *target) {
    (void)target;
    return attempt_call_reaching(syscall(SYS_init_module, NULL, 0, ""), ENOEXEC);
}

// With flags that do not exist.
static struct attempt_result other_kernel(const struct attempt_target *target) {
    (void)target;
    return attempt_call_reaching(syscall(SYS_kexec_load, 0, 0, NULL, 0xffffUL), EINVAL);
}

// With a magic number that is none.
static struct attempt_result restart(const struct attempt_target *target) {
    (void)target;
    return attempt_call_reaching(syscall(SYS_reboot, 0, 0, 0, NULL), EINVAL);
}

// Sets nothing.
static struct attempt_result set_clock(const struct attempt_target *target) {
    (void)target;
    return attempt_call(syscall(SYS_settimeofday, NULL, NULL));
}

static struct attempt_result set_host_name(const struct attempt_target *target) {
    (void)target;
    return attempt_call_reaching(sethostname("", (size_t)-1), EINVAL);
}

static struct attempt_result swap(const struct attempt_target *target) {
    return attempt_call_reaching(swapoff(target->folder), EISDIR);
}

static struct attempt_result kernel_log(const struct attempt_target *target) {
    (void)target;
    char bytes[64];
    return attempt_call(klogctl(3, bytes, sizeof bytes));
}

static struct attempt_result port_access(const struct attempt_target *target) {
    (void)target;
    return attempt_call(syscall(SYS_iopl, 3));
}

// The list of calls is that of one architecture: another's numbers must not get by.
static struct attempt_result other_architecture(const struct attempt_target *target) {
    (void)target;
#ifdef __x86_64__
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
    return result > 0 ? attempt_escaped() : attempt_missing();
#else
    return attempt_missing();
#endif
}

// Types a character into the terminal that the process has been started from.
static struct attempt_result type_into_terminal(const struct attempt_target *target) {
    (void)target;
    int leader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (leader < 0) {
        // No terminals in the view; the call itself, where it would hit one.
        int result = ioctl(0, TIOCSTI, "x");
        if (result < 0 && errno == EPERM) return attempt_blocked("seccomp");
        return result == 0 ? attempt_escaped() : attempt_blocked("view");
    }
    grantpt(leader);
    unlockpt(leader);
    setsid();
    int terminal = open(ptsname(leader), O_RDWR | O_CLOEXEC);
    ioctl(terminal, TIOCSCTTY, 0);
    int result = ioctl(terminal, TIOCSTI, "x");
    if (result < 0 && errno == EIO) return attempt_missing();
    return attempt_call(result);
}

const struct attempt attempts_on_kernel[] = {
    {"io-uring", io_uring},
    {"userfaultfd", user_faults},
    {"keyctl", keyring},
    {"add-key", add_key},
    {"bpf", load_bpf},
    {"perf-events", performance_events},
    {"kernel-module", kernel_module},
    {"kexec", other_kernel},
    {"reboot", restart},
    {"set-clock", set_clock},
    {"host-name", set_host_name},
    {"swap", swap},
    {"kernel-log", kernel_log},
    {"port-access", port_access},
    {"other-architecture", other_architecture},
    {"tiocsti", type_into_terminal},
    {NULL, NULL},
};
