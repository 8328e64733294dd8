// What the daemon does with a sandbox's files, done by a process of the sandbox: with its view, its
// rights and its limits.
#define _GNU_SOURCE
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

// Links are followed as any process of the sandbox would follow them, but none of /proc's, which
// lead to open files and not to places.
static int open_in_view(const char *path, uint64_t flags, uint32_t mode) {
    struct open_how how = {
        .flags = flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
        .mode = mode,
        .resolve = RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

int csandbox_open_and_send(int channel, const char *path, uint32_t flags, uint32_t mode) {
    struct statfs system;
    int file = open_in_view(path, flags, mode);
    if (file < 0) return -1;
    uint32_t kind = CSANDBOX_OPENED;
    int result = fstatfs(file, &system);
    // The kernel's files may wait, and look at who reads them: the daemon does not.
    if (result == 0 && system.f_type == PROC_SUPER_MAGIC) {
        errno = EOPNOTSUPP;
        result = -1;
    }
    if (result == 0 && csandbox_send(channel, &kind, sizeof kind, &file, 1) < 0) result = -1;
    int code = errno;
    close(file);
    errno = code;
    return result;
}

int csandbox_make_folders(const char *path, uint32_t mode) {
    char place[4096];
    size_t length = strlen(path);
    if (length >= sizeof place) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(place, path, length + 1);
    for (char *slash = strchr(place + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(place, mode) != 0 && errno != EEXIST && errno != EROFS) return -1;
        *slash = '/';
    }
    return mkdir(place, mode) != 0 && errno != EEXIST ? -1 : 0;
}

// Everything on the standard input, to the end of `file`.
static int copy_input(int file) {
    static char bytes[64 << 10];
    for (;;) {
        ssize_t count = read(0, bytes, sizeof bytes);
        if (count <= 0) return (int)count;
        for (ssize_t written = 0; written < count;) {
            ssize_t more = write(file, bytes + written, (size_t)(count - written));
            if (more < 0) return -1;
            written += more;
        }
    }
}

// Writes to what is no pipe and no device.
static int write_regular(int file) {
    struct stat status;
    int result = fstat(file, &status);
    if (result == 0 && !S_ISREG(status.st_mode)) {
        errno = EINVAL;
        result = -1;
    }
    if (result == 0) result = copy_input(file);
    int code = errno;
    if (close(file) != 0 && result == 0) return -1;
    errno = code;
    return result;
}

int csandbox_append_file(const char *path, uint32_t mode, bool must_be_new) {
    uint64_t flags = O_WRONLY | O_CREAT | (must_be_new ? O_EXCL : O_APPEND);
    int file = open_in_view(path, flags, mode);
    return file < 0 ? -1 : write_regular(file);
}

// For a file that is a mount of its own, or in a folder that takes no other: readers may see a part.
static int overwrite_file(const char *path) {
    int file = open_in_view(path, O_WRONLY, 0);
    if (file < 0 || lseek(0, 0, SEEK_SET) != 0 || ftruncate(file, 0) != 0) {
        int code = errno;
        if (file >= 0) close(file);
        errno = code;
        return -1;
    }
    return write_regular(file);
}

// Puts a new file with the input in the place of `target`.
static int exchange_file(const char *target, uint32_t mode) {
    char temporary[4160];
    snprintf(temporary, sizeof temporary, "%s.%d.part", target, (int)getpid());
    int file = open_in_view(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    if (file < 0) return -1;
    int result = fchmod(file, mode);
    if (write_regular(file) != 0) result = -1;
    if (result == 0) result = rename(temporary, target);
    int code = errno;
    if (result != 0) unlink(temporary);
    errno = code;
    return result;
}

// Who reads meanwhile has the old content or the new. A link stays, and what it leads to changes.
int csandbox_replace_file(const char *path, uint32_t mode) {
    char target[4096];
    struct stat status;
    bool is_there = realpath(path, target) != NULL;
    if (!is_there) {
        if (errno != ENOENT || strlen(path) >= sizeof target) return -1;
        strcpy(target, path);
    } else if (stat(target, &status) == 0) {
        if (!S_ISREG(status.st_mode)) {
            errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
            return -1;
        }
        // Whoever may not write to a file does not replace it either.
        if (access(target, W_OK) != 0) return -1;
        mode = status.st_mode & 0777;
    }
    int result = exchange_file(target, mode);
    bool stays = errno == EBUSY || errno == EROFS || errno == EACCES || errno == EPERM;
    return result != 0 && is_there && stays ? overwrite_file(target) : result;
}
