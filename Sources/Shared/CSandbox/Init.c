// The init of a sandbox: builds it, keeps one cell ready, and obeys the daemon.
#define _GNU_SOURCE
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Tells the daemon why there will be no sandbox, and ends.
static void give_up(struct csandbox_plan *plan, uint32_t stage) {
    struct csandbox_ready ready = {.kind = CSANDBOX_READY, .stage = stage, .error = errno};
    memcpy(ready.place, plan->place, sizeof ready.place);
    csandbox_send(plan->control, &ready, sizeof ready, NULL, 0);
    _exit(1);
}

// Joins the cgroups of the sandbox; "0" is whoever writes it.
static void join_cgroups(struct csandbox_plan *plan) {
    plan->layers[CSANDBOX_LAYER_CGROUPS] = plan->cgroup_count > 0 ? 0 : ENOENT;
    for (int index = 0; index < plan->cgroup_count; index++) {
        if (write(plan->cgroups[index], "0", 1) != 1) {
            plan->layers[CSANDBOX_LAYER_CGROUPS] = errno;
        }
        close(plan->cgroups[index]);
    }
}

// Without root, the only identity that can be mapped is the daemon's own.
static int map_own_identity(const struct csandbox_plan *plan, uid_t outside_uid,
                            gid_t outside_gid) {
    char text[64];
    // The files of a process that is not dumpable belong to root.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    if (csandbox_write_text("/proc/self/setgroups", "deny") != 0 && errno != ENOENT) return -1;
    snprintf(text, sizeof text, "%u %u 1", plan->create.uid, outside_uid);
    if (csandbox_write_text("/proc/self/uid_map", text) != 0) return -1;
    snprintf(text, sizeof text, "%u %u 1", plan->create.gid, outside_gid);
    return csandbox_write_text("/proc/self/gid_map", text);
}

static int become_user(struct csandbox_plan *plan, bool root) {
    if (root && setgroups(0, NULL) != 0) return -1;
    plan->layers[CSANDBOX_LAYER_GROUPS] = root || getgroups(0, NULL) == 0 ? 0 : EPERM;
    if (root && setns(plan->user_namespace, CLONE_NEWUSER) != 0) return -1;
    // The capabilities in the namespace are needed once more, for each cell.
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return -1;
    uid_t uid = plan->create.uid;
    gid_t gid = plan->create.gid;
    return setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0 ? 0 : -1;
}

static void isolate(struct csandbox_plan *plan, uid_t outside_uid, gid_t outside_gid) {
    bool root = plan->user_namespace >= 0;
    if (!root && map_own_identity(plan, outside_uid, outside_gid) != 0) {
        give_up(plan, CSANDBOX_STAGE_IDENTITY);
    }
    plan->layers[CSANDBOX_LAYER_CGROUP_NAMESPACE] = unshare(CLONE_NEWCGROUP) == 0 ? 0 : errno;
    sethostname("sandbox", 7);
    if (csandbox_raise_loopback() != 0) give_up(plan, CSANDBOX_STAGE_NETWORK);
    if (plan->create.port != 0) {
        plan->listener = csandbox_listen((uint16_t)plan->create.port);
        if (plan->listener < 0) give_up(plan, CSANDBOX_STAGE_NETWORK);
    }
    if (csandbox_build_view(plan) != 0) give_up(plan, CSANDBOX_STAGE_VIEW);
    if (become_user(plan, root) != 0) give_up(plan, CSANDBOX_STAGE_IDENTITY);
    plan->layers[CSANDBOX_LAYER_LANDLOCK] = csandbox_make_ruleset(plan) == 0 ? 0 : errno;
}

// Without namespaces root still does not run commands as root, when it is told whom to be.
static void become_host_user(struct csandbox_plan *plan) {
    uid_t uid = plan->create.host_uid;
    gid_t gid = plan->create.host_gid;
    if (geteuid() != 0 || uid == 0) return;
    if ((plan->create.flags & CSANDBOX_MAP_OWNERS) && csandbox_place_mapped(plan) != 0) {
        give_up(plan, CSANDBOX_STAGE_VIEW);
    }
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
        give_up(plan, CSANDBOX_STAGE_IDENTITY);
    }
}

// A new cell, in namespaces of its own, that says through `warm` when it is ready.
static pid_t start_cell(struct csandbox_plan *plan, int warm) {
    unsigned long flags = SIGCHLD;
    if (plan->create.flags & CSANDBOX_ISOLATED) flags |= CLONE_NEWPID | CLONE_NEWNS;
    pid_t cell = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    if (cell == 0) csandbox_run_cell(plan, warm);
    return cell;
}

static void announce(struct csandbox_plan *plan) {
    struct csandbox_ready ready = {
        .kind = CSANDBOX_READY, .landlock_version = plan->landlock_version,
    };
    memcpy(ready.layers, plan->layers, sizeof ready.layers);
    int descriptors[2] = {(int)syscall(SYS_pidfd_open, getpid(), 0), plan->listener};
    if (descriptors[0] < 0) give_up(plan, CSANDBOX_STAGE_NAMESPACES);
    csandbox_send(plan->control, &ready, sizeof ready, descriptors, plan->listener >= 0 ? 2 : 1);
    close(descriptors[0]);
    if (plan->listener >= 0) close(plan->listener);
}

// Every process of the sandbox but this one.
static void signal_everything(const struct csandbox_plan *plan, int number) {
    if (plan->create.flags & CSANDBOX_ISOLATED) kill(-1, number);
}

static void obey(struct csandbox_plan *plan) {
    uint32_t kind = 0;
    int descriptors[16];
    int descriptor_count;
    ssize_t count =
        csandbox_receive(plan->control, &kind, sizeof kind, descriptors, &descriptor_count);
    // The daemon is gone, or has no more use for the sandbox; all that is in it goes as well.
    if (count == 0 || (count < 0 && errno != EMSGSIZE)) _exit(0);
    for (int index = 0; index < descriptor_count; index++) close(descriptors[index]);
    if (kind == CSANDBOX_KILL) signal_everything(plan, SIGKILL);
    if (kind == CSANDBOX_SUSPEND) signal_everything(plan, SIGSTOP);
    if (kind == CSANDBOX_RESUME) signal_everything(plan, SIGCONT);
    if (kind != CSANDBOX_KILL) csandbox_send(plan->control, &kind, sizeof kind, NULL, 0);
}

// Cells that wait for commands. One that has taken a command closes its end of a pipe.
struct waiting_cells {
    // -1 is none.
    int pipes[2];
    // When the next one may be made, in nanoseconds; a command that has just started goes first.
    uint64_t due;
    bool announced;
};

static const int CELLS = 2;
static const uint64_t PAUSE_NANOSECONDS = 5000000;
static const uint64_t RETRY_NANOSECONDS = 50000000;

static int count_cells(const struct waiting_cells *cells) {
    return (cells->pipes[0] >= 0) + (cells->pipes[1] >= 0);
}

static void add_cell(struct csandbox_plan *plan, struct waiting_cells *cells) {
    int ends[2];
    cells->due = csandbox_now() + RETRY_NANOSECONDS;
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    pid_t cell = start_cell(plan, ends[1]);
    close(ends[1]);
    if (cell < 0) {
        close(ends[0]);
        return;
    }
    cells->pipes[cells->pipes[0] >= 0] = ends[0];
    cells->due = csandbox_now() + PAUSE_NANOSECONDS;
}

// A cell says that it is ready, or that it waits no longer.
static void hear_cell(struct csandbox_plan *plan, struct waiting_cells *cells, int index) {
    char warm;
    if (read(cells->pipes[index], &warm, 1) == 1) {
        if (!cells->announced) announce(plan);
        cells->announced = true;
        return;
    }
    if (!cells->announced) {
        errno = plan->layers[CSANDBOX_LAYERS];
        give_up(plan, CSANDBOX_STAGE_CELL);
    }
    close(cells->pipes[index]);
    cells->pipes[index] = -1;
    cells->due = csandbox_now() + PAUSE_NANOSECONDS;
}

// Milliseconds until there is something to do without being told; -1 is never.
static int patience(const struct waiting_cells *cells) {
    if (count_cells(cells) == CELLS || !cells->announced) return -1;
    uint64_t now = csandbox_now();
    return now >= cells->due ? 0 : (int)((cells->due - now) / 1000000) + 1;
}

static void serve(struct csandbox_plan *plan, int children) {
    struct waiting_cells cells = {{-1, -1}, 0, false};
    add_cell(plan, &cells);
    if (count_cells(&cells) == 0) give_up(plan, CSANDBOX_STAGE_CELL);
    for (;;) {
        struct pollfd waiting[] = {{plan->control, POLLIN, 0}, {children, POLLIN, 0},
                                   {cells.pipes[0], POLLIN, 0}, {cells.pipes[1], POLLIN, 0}};
        if (poll(waiting, 4, patience(&cells)) < 0 && errno != EINTR) _exit(1);
        struct signalfd_siginfo information;
        while (read(children, &information, sizeof information) > 0) continue;
        while (waitpid(-1, NULL, WNOHANG) > 0) continue;
        if (waiting[0].revents != 0) obey(plan);
        for (int index = 0; index < CELLS; index++) {
            if (waiting[2 + index].revents != 0) hear_cell(plan, &cells, index);
        }
        bool is_due = cells.announced && csandbox_now() >= cells.due;
        // Without any, commands wait; otherwise there is time.
        if (count_cells(&cells) == 0 || (count_cells(&cells) < CELLS && is_due)) {
            add_cell(plan, &cells);
        }
    }
}

void csandbox_run_init(struct csandbox_plan *plan) {
    // Before the user namespace's maps are written its ids mean nothing.
    uid_t outside_uid = plan->create.host_uid;
    gid_t outside_gid = plan->create.host_gid;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "sluice-sandbox", 0, 0, 0);
    plan->layers = mmap(NULL, sizeof(int32_t) * (CSANDBOX_LAYERS + 1), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (plan->layers == MAP_FAILED) give_up(plan, CSANDBOX_STAGE_MESSAGE);
    for (int layer = 0; layer < CSANDBOX_LAYERS; layer++) plan->layers[layer] = EOPNOTSUPP;
    plan->layers[CSANDBOX_LAYERS] = 0;
    join_cgroups(plan);
    if (plan->create.flags & CSANDBOX_ISOLATED) {
        isolate(plan, outside_uid, outside_gid);
        plan->layers[CSANDBOX_LAYER_NAMESPACES] = 0;
        plan->layers[CSANDBOX_LAYER_IDENTITY] = 0;
        plan->layers[CSANDBOX_LAYER_VIEW] = 0;
        // The kernel ends whatever wants memory for the sandbox before the daemon.
        csandbox_write_text("/proc/self/oom_score_adj", "500");
    } else {
        become_host_user(plan);
    }
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    // Changing identity forgets it.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children < 0) give_up(plan, CSANDBOX_STAGE_CELL);
    serve(plan, children);
    _exit(0);
}
