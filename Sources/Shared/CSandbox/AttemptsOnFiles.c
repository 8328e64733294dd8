#define _GNU_SOURCE
#include "Attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

// Opening what is no part of the view: it is not there, or not for this identity.
static struct attempt_result opened(const char *path, int flags) {
    int file = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
    if (file >= 0) return attempt_escaped();
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
    case EROFS:
    case ETXTBSY:
        return attempt_blocked("view");
    case EACCES:
        return attempt_blocked("identity");
    default:
        return attempt_refused();
    }
}

static struct attempt_result read_shadow(const struct attempt_target *target) {
    (void)target;
    return opened("/etc/shadow", O_RDONLY);
}

static struct attempt_result read_host_file(const struct attempt_target *target) {
    return opened(target->file, O_RDONLY);
}

static struct attempt_result read_through_init(const struct attempt_target *target) {
    char path[512];
    snprintf(path, sizeof path, "/proc/1/root%s", target->file);
    return opened(path, O_RDONLY);
}

// The working directory may have been left outside (CVE-2024-21626).
static struct attempt_result climb_by_descriptor(const struct attempt_target *target) {
    char path[640];
    for (int number = 3; number < 64; number++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d/../../../../..%s", number, target->file);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file >= 0) return attempt_escaped();
    }
    snprintf(path, sizeof path, "../../../../../../../..%s", target->file);
    return opened(path, O_RDONLY);
}

static struct attempt_result write_system(const struct attempt_target *target) {
    (void)target;
    const char *path = "/usr/.sluice-self-test";
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return attempt_blocked("view");
    unlink(path);
    return attempt_escaped();
}

// The program that runs on the host (CVE-2019-5736).
static struct attempt_result overwrite_program(const struct attempt_target *target) {
    (void)target;
    return opened("/proc/1/exe", O_WRONLY);
}

static struct attempt_result write_through_link(const struct attempt_target *target) {
    char path[512];
    snprintf(path, sizeof path, "%s/link", target->folder);
    if (symlink(target->file, path) != 0) return attempt_missing();
    struct attempt_result result = opened(path, O_RDWR);
    unlink(path);
    return result;
}

static struct attempt_result hard_link(const struct attempt_target *target) {
    char path[512];
    snprintf(path, sizeof path, "%s/hard", target->folder);
    if (link(target->file, path) == 0) {
        unlink(path);
        return attempt_escaped();
    }
    // A system file that is in the view, from where it is read-only to where it is not.
    if (errno == ENOENT && link("/usr/bin/env", path) == 0) {
        unlink(path);
        return attempt_escaped();
    }
    return attempt_blocked("view");
}

// A link in place of a folder between the look and the use of it: many tries.
static struct attempt_result swap_link(const struct attempt_target *target) {
    char inner[512], path[640];
    snprintf(inner, sizeof inner, "%s/swap", target->folder);
    const char *slash = strrchr(target->file, '/');
    if (slash == NULL) return attempt_missing();
    char parent[512];
    snprintf(parent, sizeof parent, "%.*s", (int)(slash - target->file), target->file);
    snprintf(path, sizeof path, "%s%s", inner, slash);
    for (int round = 0; round < 200; round++) {
        if (mkdir(inner, 0700) != 0 && errno != EEXIST) return attempt_blocked("view");
        rmdir(inner);
        if (symlink(parent, inner) != 0 && errno != EEXIST) return attempt_blocked("view");
        int file = open(path, O_RDONLY | O_CLOEXEC);
        unlink(inner);
        if (file >= 0) return attempt_escaped();
    }
    return attempt_blocked("view");
}

static struct attempt_result make_device(const struct attempt_target *target) {
    char path[512];
    snprintf(path, sizeof path, "%s/memory", target->folder);
    int result = mknod(path, S_IFCHR | 0600, makedev(1, 1));
    if (result == 0) unlink(path);
    return attempt_call(result);
}

static struct attempt_result open_devices(const struct attempt_target *target) {
    (void)target;
    static const char *const devices[] = {
        "/dev/kmsg", "/dev/mem", "/dev/vda", "/dev/sda", "/dev/kvm", "/dev/fuse", "/dev/net/tun",
        "/dev/ptmx",
    };
    for (size_t index = 0; index < sizeof devices / sizeof *devices; index++) {
        if (open(devices[index], O_RDONLY | O_CLOEXEC | O_NONBLOCK) >= 0) return attempt_escaped();
    }
    return attempt_blocked("view");
}

static struct attempt_result mount_something(const struct attempt_target *target) {
    int result = mount("sluice", target->folder, "tmpfs", 0, NULL);
    if (result == 0) umount2(target->folder, MNT_DETACH);
    return attempt_call(result);
}

static struct attempt_result open_mount(const struct attempt_target *target) {
    (void)target;
    return attempt_call(fsopen("tmpfs", FSOPEN_CLOEXEC));
}

// Nothing is mounted there: who may unmount is told so.
static struct attempt_result unmount(const struct attempt_target *target) {
    return attempt_call_reaching(umount2(target->folder, 0), EINVAL);
}

static struct attempt_result pivot(const struct attempt_target *target) {
    long result = syscall(SYS_pivot_root, target->folder, target->folder);
    if (result < 0 && errno == EBUSY) return attempt_escaped();
    return attempt_call_reaching(result, EINVAL);
}

static struct attempt_result change_root(const struct attempt_target *target) {
    (void)target;
    return attempt_call(chroot("/"));
}

static struct attempt_result open_by_handle(const struct attempt_target *target) {
    (void)target;
    struct {
        struct file_handle header;
        unsigned char bytes[128];
    } handle = {.header = {.handle_bytes = 128}};
    int mount;
    int result = name_to_handle_at(AT_FDCWD, "/usr", &handle.header, &mount, 0);
    if (result != 0) return attempt_refused();
    int root = open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return attempt_call(open_by_handle_at(root, &handle.header, O_RDONLY));
}

static struct attempt_result write_kernel_setting(const struct attempt_target *target) {
    (void)target;
    return opened("/proc/sys/kernel/hostname", O_WRONLY);
}

static struct attempt_result set_core_pattern(const struct attempt_target *target) {
    (void)target;
    return opened("/proc/sys/kernel/core_pattern", O_WRONLY);
}

static struct attempt_result press_sysrq(const struct attempt_target *target) {
    (void)target;
    return opened("/proc/sysrq-trigger", O_WRONLY);
}

static struct attempt_result use_cgroups(const struct attempt_target *target) {
    (void)target;
    return opened("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY);
}

// A program that belongs to root and runs as root, whoever starts it.
static struct attempt_result setuid_program(const struct attempt_target *target) {
    (void)target;
    struct statvfs system;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) return attempt_blocked("no-new-privileges");
    bool honoured = statvfs("/usr", &system) != 0 || !(system.f_flag & ST_NOSUID);
    return honoured ? attempt_escaped() : attempt_blocked("view");
}

const struct attempt attempts_on_files[] = {
    {"read-shadow", read_shadow},
    {"read-host-file", read_host_file},
    {"read-through-init", read_through_init},
    {"climb-by-descriptor", climb_by_descriptor},
    {"write-system", write_system},
    {"overwrite-program", overwrite_program},
    {"write-through-link", write_through_link},
    {"hard-link", hard_link},
    {"swap-link", swap_link},
    {"make-device", make_device},
    {"open-devices", open_devices},
    {"mount", mount_something},
    {"open-mount", open_mount},
    {"unmount", unmount},
    {"pivot-root", pivot},
    {"chroot", change_root},
    {"open-by-handle", open_by_handle},
    {"kernel-setting", write_kernel_setting},
    {"core-pattern", set_core_pattern},
    {"sysrq", press_sysrq},
    {"cgroup-files", use_cgroups},
    {"setuid-program", setuid_program},
    {NULL, NULL},
};
