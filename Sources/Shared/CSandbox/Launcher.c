// The launcher: forks the inits of sandboxes for the daemon, and waits for them.
#define _GNU_SOURCE
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int csandbox_start_launcher(int socket, pid_t *launcher) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // The socket first: its number may be one of the standard streams'.
    posix_spawn_file_actions_adddup2(&actions, socket, CSANDBOX_LAUNCHER_SOCKET);
    for (int stream = 0; stream <= 2; stream++) {
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, CSANDBOX_LAUNCHER_SOCKET + 1);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSID);
    char *arguments[] = {(char *)CSANDBOX_LAUNCHER_NAME, NULL};
    // Only what finds the program's libraries: the rest of the daemon's environment stays there.
    char *libraries = getenv("LD_LIBRARY_PATH");
    char variable[4096] = "";
    if (libraries != NULL && strlen(libraries) < sizeof variable - 32) {
        strcat(strcpy(variable, "LD_LIBRARY_PATH="), libraries);
    }
    char *environment[] = {variable[0] ? variable : NULL, NULL};
    int code = posix_spawn(launcher, "/proc/self/exe", &actions, &attributes, arguments,
                           environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

// Runs before main: what this program is started as under its other names is not the program.
__attribute__((constructor)) static void dispatch(int count, char **arguments) {
    if (count < 1 || arguments[0] == NULL) return;
    if (strcmp(arguments[0], CSANDBOX_LAUNCHER_NAME) == 0) csandbox_run_launcher();
    if (count > 1 && strcmp(arguments[1], CSANDBOX_ATTEMPT_SWITCH) == 0) {
        csandbox_run_attempt(count, arguments);
    }
}

// Reads the message of `count` bytes into `plan`, whose texts then point into the message.
static int parse(struct csandbox_plan *plan, const char *message, size_t count,
                 const int *descriptors, int descriptor_count) {
    struct csandbox_cursor cursor = {message, count};
    const struct csandbox_create *create = csandbox_take(&cursor, sizeof *create);
    if (create == NULL || create->kind != CSANDBOX_CREATE || descriptor_count < 2) return -1;
    plan->create = *create;
    plan->control = descriptors[0];
    plan->runs = descriptors[1];
    plan->cgroup_count = descriptor_count - 2;
    memcpy(plan->cgroups, descriptors + 2, sizeof(int) * (size_t)plan->cgroup_count);
    for (int index = 0; index < CSANDBOX_FILTERS; index++) {
        if (create->filter_bytes[index] % sizeof(struct sock_filter) != 0) return -1;
        plan->filters[index] = (void *)csandbox_take(&cursor, create->filter_bytes[index]);
        if (plan->filters[index] == NULL) return -1;
    }
    if (create->steps > (uint32_t)CSANDBOX_STEPS_MAX) return -1;
    for (uint32_t index = 0; index < create->steps; index++) {
        const void *step = csandbox_take(&cursor, sizeof(struct csandbox_step));
        if (step == NULL) return -1;
        memcpy(&plan->steps[index].step, step, sizeof(struct csandbox_step));
        plan->steps[index].source = csandbox_take_string(&cursor);
        plan->steps[index].target = plan->steps[index].source == NULL
                                        ? NULL : csandbox_take_string(&cursor);
        if (plan->steps[index].target == NULL || plan->steps[index].target[0] != '/') return -1;
        plan->steps[index].mount = -1;
    }
    return 0;
}

static void fail(struct csandbox_plan *plan, uint32_t stage, int code) {
    struct csandbox_ready ready = {.kind = CSANDBOX_READY, .stage = stage, .error = code};
    memcpy(ready.place, plan->place, sizeof ready.place);
    csandbox_send(plan->control, &ready, sizeof ready, NULL, 0);
}

// What only root of the first user namespace may do, and has to do outside the new ones.
static int prepare_as_root(struct csandbox_plan *plan) {
    const struct csandbox_create *create = &plan->create;
    plan->user_namespace = csandbox_make_user_namespace(create->uid, create->host_uid, create->gid,
                                                        create->host_gid);
    if (plan->user_namespace < 0) {
        plan->failed_stage = CSANDBOX_STAGE_IDENTITY;
        return -1;
    }
    plan->failed_stage = CSANDBOX_STAGE_VIEW;
    return csandbox_map_writable(plan);
}

static void create(struct csandbox_plan *plan) {
    unsigned long flags = SIGCHLD;
    plan->user_namespace = -1;
    plan->listener = -1;
    plan->landlock = -1;
    if (plan->create.flags & CSANDBOX_ISOLATED) {
        flags |= CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
        if (geteuid() != 0) {
            flags |= CLONE_NEWUSER;
        } else if (prepare_as_root(plan) != 0) {
            fail(plan, plan->failed_stage, errno);
            return;
        }
    } else if ((plan->create.flags & CSANDBOX_MAP_OWNERS) && csandbox_map_writable(plan) != 0) {
        fail(plan, CSANDBOX_STAGE_VIEW, errno);
        return;
    }
    pid_t init = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    if (init == 0) {
        close(CSANDBOX_LAUNCHER_SOCKET);
        csandbox_run_init(plan);
    }
    if (init < 0) fail(plan, CSANDBOX_STAGE_NAMESPACES, errno);
    if (plan->user_namespace >= 0) close(plan->user_namespace);
    for (uint32_t index = 0; index < plan->create.steps; index++) {
        if (plan->steps[index].mount >= 0) close(plan->steps[index].mount);
    }
}

static void take_request(void) {
    static char message[128 << 10];
    static struct csandbox_plan plan;
    int descriptors[16];
    int descriptor_count;
    ssize_t count = csandbox_receive(CSANDBOX_LAUNCHER_SOCKET, message, sizeof message, descriptors,
                                     &descriptor_count);
    if (count == 0) _exit(0);
    if (count < 0) return;
    // What earlier requests said is not for this sandbox.
    memset(message + count, 0, sizeof message - (size_t)count);
    memset(&plan, 0, sizeof plan);
    if (parse(&plan, message, (size_t)count, descriptors, descriptor_count) == 0) {
        create(&plan);
    } else if (descriptor_count > 0) {
        plan.control = descriptors[0];
        fail(&plan, CSANDBOX_STAGE_MESSAGE, EINVAL);
    }
    for (int index = 0; index < descriptor_count; index++) close(descriptors[index]);
}

void csandbox_run_launcher(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    fcntl(CSANDBOX_LAUNCHER_SOCKET, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NAME, "sluice-launcher", 0, 0, 0);
    if (children < 0) _exit(1);
    for (;;) {
        struct pollfd waiting[] = {{CSANDBOX_LAUNCHER_SOCKET, POLLIN, 0}, {children, POLLIN, 0}};
        if (poll(waiting, 2, -1) < 0 && errno != EINTR) _exit(1);
        struct signalfd_siginfo information;
        while (read(children, &information, sizeof information) > 0) continue;
        while (waitpid(-1, NULL, WNOHANG) > 0) continue;
        if (waiting[0].revents != 0) take_request();
    }
}
