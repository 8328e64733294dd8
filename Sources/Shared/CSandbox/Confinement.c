// What takes rights away from the process that calls it, for good.
#define _GNU_SOURCE
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// The parts of linux/landlock.h (ABI 1 to 6), which is older than the kernel on many systems.
enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_VERSION_1 = (1 << 13) - 1,
    FS_REFER = 1 << 13,
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,
    NET_BIND_TCP = 1 << 0,
    NET_CONNECT_TCP = 1 << 1,
    SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0,
    SCOPE_SIGNAL = 1 << 1,
    RULE_PATH_BENEATH = 1,
    RULE_NET_PORT = 2,
    CREATE_RULESET_VERSION = 1,
};

struct ruleset_attributes {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

struct port_rule {
    uint64_t allowed;
    uint64_t port;
};

int csandbox_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    return version < 0 ? 0 : (int)version;
}

static uint64_t known_rights(int version) {
    uint64_t rights = FS_VERSION_1;
    if (version >= 2) rights |= FS_REFER;
    if (version >= 3) rights |= FS_TRUNCATE;
    if (version >= 5) rights |= FS_IOCTL_DEV;
    return rights;
}

static int allow(int ruleset, const char *path, uint64_t rights) {
    int place = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
    if (place < 0) return -1;
    struct path_rule rule = {.allowed = rights, .parent = place};
    int result = (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
    close(place);
    return result;
}

// What may be done at a step's place; 0 is no more than reading and executing.
static uint64_t rights_of(const struct csandbox_step *step, uint64_t known) {
    switch (step->kind) {
    case CSANDBOX_STEP_WRITABLE:
    case CSANDBOX_STEP_TEMPORARY:
        return known & ~(uint64_t)FS_IOCTL_DEV;
    case CSANDBOX_STEP_DEVICE:
        return known & (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV);
    default:
        return 0;
    }
}

static int add_rules(struct csandbox_plan *plan, int ruleset, uint64_t known) {
    // A file is no folder: rights that only folders have would be refused.
    const uint64_t of_files =
        FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV;
    if (allow(ruleset, "/", FS_EXECUTE | FS_READ_FILE | FS_READ_DIR) != 0) return -1;
    for (uint32_t index = 0; index < plan->create.steps; index++) {
        uint64_t rights = rights_of(&plan->steps[index].step, known);
        if (rights == 0) continue;
        const char *target = plan->steps[index].target;
        if (allow(ruleset, target, rights) == 0) continue;
        if (errno != EINVAL || allow(ruleset, target, rights & of_files) != 0) return -1;
    }
    if ((plan->create.flags & CSANDBOX_TCP_PORT_ONLY) && plan->landlock_version >= 4 &&
        plan->create.port != 0) {
        struct port_rule rule = {.allowed = NET_CONNECT_TCP, .port = plan->create.port};
        return (int)syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0);
    }
    return 0;
}

int csandbox_make_ruleset(struct csandbox_plan *plan) {
    plan->landlock_version = csandbox_landlock_version();
    if (plan->landlock_version == 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    struct ruleset_attributes attributes = {.handled_fs = known_rights(plan->landlock_version)};
    size_t size = sizeof attributes.handled_fs;
    if (plan->landlock_version >= 4) {
        size += sizeof attributes.handled_net;
        if (plan->create.flags & CSANDBOX_TCP_PORT_ONLY) {
            attributes.handled_net = NET_BIND_TCP | NET_CONNECT_TCP;
        }
    }
    if (plan->landlock_version >= 6) {
        size += sizeof attributes.scoped;
        attributes.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
    }
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return -1;
    if (add_rules(plan, ruleset, attributes.handled_fs) != 0) {
        int code = errno;
        close(ruleset);
        errno = code;
        return -1;
    }
    plan->landlock = ruleset;
    return 0;
}

int csandbox_restrict_paths(int ruleset) {
    return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

int csandbox_drop_capabilities(void) {
    // Executing a file or changing identity gives no capability back, whoever asks: NOROOT,
    // NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each with its lock.
    const unsigned long locked = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 3) | (1 << 6) | (1 << 7);
    if (prctl(PR_SET_SECUREBITS, locked, 0, 0, 0) != 0) return -1;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
    for (int capability = 0; capability < 64; capability++) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
        // The first number that the kernel does not know.
        if (errno == EINVAL && capability > CAP_AUDIT_READ) break;
        return -1;
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};
    return (int)syscall(SYS_capset, &header, none);
}

static int load_filter(const struct csandbox_plan *plan, int index) {
    struct sock_fprog program = {
        .len = (unsigned short)(plan->create.filter_bytes[index] / sizeof(struct sock_filter)),
        .filter = plan->filters[index],
    };
    if (program.len == 0) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int csandbox_load_filters(const struct csandbox_plan *plan) {
    for (int index = 0; index < CSANDBOX_READ_ONLY_FILTER; index++) {
        if (load_filter(plan, index) != 0) return -1;
    }
    return 0;
}

// Landlock forbids what changes files and folders; what changes only what is said of them, such as
// their modes and times, it does not know, so that a filter has to.
int csandbox_forbid_changes(const struct csandbox_plan *plan) {
    static const char *const writable[] = {"/dev/null", "/dev/zero", "/dev/full"};
    uint64_t known = known_rights(csandbox_landlock_version());
    struct ruleset_attributes attributes = {
        .handled_fs = known & ~(uint64_t)(FS_EXECUTE | FS_READ_FILE | FS_READ_DIR | FS_IOCTL_DEV),
    };
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes,
                               sizeof attributes.handled_fs, 0);
    if (ruleset < 0) return -1;
    for (int index = 0; index < 3; index++) {
        // Not every view has them.
        allow(ruleset, writable[index], attributes.handled_fs & (FS_WRITE_FILE | FS_TRUNCATE));
    }
    int result = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (result == 0) result = csandbox_restrict_paths(ruleset);
    close(ruleset);
    if (result != 0) return -1;
    return plan->create.filter_bytes[CSANDBOX_READ_ONLY_FILTER] == 0
               ? 0 : load_filter(plan, CSANDBOX_READ_ONLY_FILTER);
}

int csandbox_set_limits(const uint64_t *limits) {
    static const int resources[CSANDBOX_LIMITS] = {
        [CSANDBOX_LIMIT_CPU_SECONDS] = RLIMIT_CPU,   [CSANDBOX_LIMIT_FILE_BYTES] = RLIMIT_FSIZE,
        [CSANDBOX_LIMIT_OPEN_FILES] = RLIMIT_NOFILE, [CSANDBOX_LIMIT_PROCESSES] = RLIMIT_NPROC,
        [CSANDBOX_LIMIT_DATA_BYTES] = RLIMIT_DATA,
    };
    for (int index = 0; index < CSANDBOX_LIMITS; index++) {
        struct rlimit now;
        if (limits[index] == UINT64_MAX) continue;
        if (getrlimit((__rlimit_resource_t)resources[index], &now) != 0) return -1;
        // A limit is only ever lowered.
        if (limits[index] > now.rlim_max) continue;
        now.rlim_cur = now.rlim_max = limits[index];
        if (setrlimit((__rlimit_resource_t)resources[index], &now) != 0) return -1;
    }
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none);
}
