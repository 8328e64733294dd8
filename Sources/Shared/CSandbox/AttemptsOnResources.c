#define _GNU_SOURCE
#include "Attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = 4096 };

static struct attempt_result fork_bomb(const struct attempt_target *target) {
    static pid_t children[PROCESSES_MAX];
    uint64_t wanted = target->processes < PROCESSES_MAX ? target->processes : PROCESSES_MAX;
    uint64_t count = 0;
    while (count < wanted) {
        pid_t child = fork();
        if (child == 0) {
            for (;;) pause();
        }
        if (child < 0) break;
        children[count++] = child;
    }
    int code = errno;
    for (uint64_t index = 0; index < count; index++) kill(children[index], SIGKILL);
    for (uint64_t index = 0; index < count; index++) waitpid(children[index], NULL, 0);
    errno = code;
    return count == wanted ? attempt_escaped() : attempt_blocked("limits");
}

// A process that touches more memory than there may be; its end is told by its parent.
static struct attempt_result memory_bomb(const struct attempt_target *target) {
    pid_t child = fork();
    if (child == 0) {
        char *place = mmap(NULL, target->memory_bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (place == MAP_FAILED) _exit(1);
        for (uint64_t offset = 0; offset < target->memory_bytes; offset += 4096) place[offset] = 1;
        _exit(0);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child) return attempt_missing();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return attempt_escaped();
    errno = ENOMEM;
    return attempt_blocked(WIFSIGNALED(status) ? "cgroups" : "limits");
}

// Several processes, each of which stays below the limit of a process.
static struct attempt_result memory_together(const struct attempt_target *target) {
    enum { PARTS = 4 };
    pid_t children[PARTS];
    int go[2], done[2], filled = 0, kept = 0;
    if (pipe(go) != 0 || pipe(done) != 0) return attempt_missing();
    for (int part = 0; part < PARTS; part++) {
        children[part] = fork();
        if (children[part] != 0) continue;
        uint64_t bytes = target->memory_bytes / PARTS;
        char *place = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (place == MAP_FAILED) _exit(1);
        for (uint64_t offset = 0; offset < bytes; offset += 4096) place[offset] = 1;
        char byte = 'x';
        close(go[1]);
        close(done[0]);
        if (write(done[1], &byte, 1) != 1) _exit(1);
        close(done[1]);
        // Holds it until all have theirs.
        _exit(read(go[0], &byte, 1) != 0);
    }
    close(done[1]);
    for (char byte; filled < PARTS && read(done[0], &byte, 1) == 1;) filled++;
    close(go[1]);
    // One that had all of its part and was ended to make room for another's has not kept it.
    for (int part = 0; part < PARTS; part++) {
        int status = -1;
        kept += waitpid(children[part], &status, 0) > 0 && status == 0;
    }
    errno = ENOMEM;
    return filled == PARTS && kept == PARTS ? attempt_escaped() : attempt_blocked("cgroups");
}

static struct attempt_result fill(const char *folder, uint64_t bytes, uint64_t bytes_of_file) {
    static char block[1 << 20];
    char path[512];
    uint64_t written = 0;
    int files = 0;
    while (written < bytes) {
        snprintf(path, sizeof path, "%s/fill-%d", folder, files++);
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (file < 0) break;
        uint64_t in_file = 0;
        ssize_t count = 0;
        while (in_file < bytes_of_file && written < bytes) {
            count = write(file, block, sizeof block);
            if (count <= 0) break;
            in_file += (uint64_t)count;
            written += (uint64_t)count;
        }
        close(file);
        if (count <= 0) break;
    }
    int code = errno;
    while (files > 0) {
        snprintf(path, sizeof path, "%s/fill-%d", folder, --files);
        unlink(path);
    }
    errno = code;
    if (written >= bytes) return attempt_escaped();
    return attempt_blocked(code == EFBIG ? "limits" : "view");
}

static struct attempt_result fill_disk(const struct attempt_target *target) {
    signal(SIGXFSZ, SIG_IGN);
    return fill("/tmp", target->disk_bytes, target->file_bytes / 2);
}

static struct attempt_result large_file(const struct attempt_target *target) {
    signal(SIGXFSZ, SIG_IGN);
    return fill(target->folder, target->file_bytes * 2, UINT64_MAX);
}

static struct attempt_result many_descriptors(const struct attempt_target *target) {
    (void)target;
    for (int count = 0; count < 5000; count++) {
        if (dup(0) < 0) return attempt_blocked("limits");
    }
    return attempt_escaped();
}

const struct attempt attempts_on_resources[] = {
    {"fork-bomb", fork_bomb},
    {"memory-bomb", memory_bomb},
    {"memory-together", memory_together},
    {"fill-disk", fill_disk},
    {"large-file", large_file},
    {"many-descriptors", many_descriptors},
    {NULL, NULL},
};
