// A cell: the first process of a command's PID namespace. It is confined before it learns what to
// run, starts that, and sees to it that nothing of it is left.
#define _GNU_SOURCE
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint32_t TEXTS_MAX = 4096;
// A command that is over by then is a short one.
static const int SHORT_MILLISECONDS = 5;
// How long a command waits for other processes of its sandbox to end, when they are too many.
static const int PAUSE_MILLISECONDS = 5;
static const int PAUSES_MAX = 400;

static void die(struct csandbox_plan *plan) {
    plan->layers[CSANDBOX_LAYERS] = errno;
    _exit(1);
}

static void confine(struct csandbox_plan *plan) {
    if (csandbox_mount_proc(plan) != 0) {
        snprintf(plan->place, sizeof plan->place, "/proc");
        die(plan);
    }
    if (csandbox_drop_capabilities() != 0) die(plan);
    plan->layers[CSANDBOX_LAYER_CAPABILITIES] = 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die(plan);
    plan->layers[CSANDBOX_LAYER_NO_NEW_PRIVILEGES] = 0;
    if (plan->landlock >= 0 && csandbox_restrict_paths(plan->landlock) != 0) die(plan);
}

// Which kernel this is was not asked: what it refuses here it refuses each time.
static void filter_calls(struct csandbox_plan *plan) {
    int result = csandbox_load_filters(plan);
    plan->layers[CSANDBOX_LAYER_SECCOMP] = result == 0 ? 0 : errno;
    if (result != 0 && errno != ENOSYS) die(plan);
}

void csandbox_run_cell(struct csandbox_plan *plan, int warm) {
    static char message[128 << 10];
    int descriptors[16];
    int descriptor_count;
    close(plan->control);
    if (plan->listener >= 0) close(plan->listener);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "sluice-cell", 0, 0, 0);
    if (plan->create.flags & CSANDBOX_ISOLATED) {
        confine(plan);
    } else {
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        if (plan->create.flags & CSANDBOX_NO_NEW_PRIVILEGES) {
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }
    }
    if (csandbox_set_limits(plan->create.limits) != 0) die(plan);
    plan->layers[CSANDBOX_LAYER_LIMITS] = 0;
    if (plan->create.flags & CSANDBOX_ISOLATED) filter_calls(plan);
    if (write(warm, "w", 1) != 1) _exit(1);
    ssize_t count =
        csandbox_receive(plan->runs, message, sizeof message, descriptors, &descriptor_count);
    // With more of them waiting the init makes cells at once, otherwise when there is time.
    struct pollfd queue = {plan->runs, POLLIN, 0};
    if (poll(&queue, 1, 0) != 0) {
        close(warm);
        warm = -1;
    }
    close(plan->runs);
    if (count > 0 && descriptor_count >= 4) {
        csandbox_execute(plan, warm, message, (size_t)count, descriptors, descriptor_count);
    }
    _exit(0);
}

// What is run, read from a message.
struct command {
    const struct csandbox_plan *plan;
    struct csandbox_run run;
    const char *folder;
    char *arguments[4097];
    char *environment[4097];
    int channel;
    // What becomes descriptor 0, 1 and so on.
    int streams[16];
    int stream_count;
    uint32_t failed_stage;
    int failure;
};

static bool read_texts(struct csandbox_cursor *cursor, char **texts, uint32_t count) {
    if (count > TEXTS_MAX) return false;
    for (uint32_t index = 0; index < count; index++) {
        texts[index] = (char *)csandbox_take_string(cursor);
        if (texts[index] == NULL) return false;
    }
    texts[count] = NULL;
    return true;
}

static bool read_command(struct command *command, const char *message, size_t count) {
    struct csandbox_cursor cursor = {message, count};
    const struct csandbox_run *run = csandbox_take(&cursor, sizeof *run);
    if (run == NULL || run->kind != CSANDBOX_RUN) return false;
    command->run = *run;
    command->folder = csandbox_take_string(&cursor);
    return command->folder != NULL && read_texts(&cursor, command->arguments, run->arguments) &&
           read_texts(&cursor, command->environment, run->variables) && run->arguments > 0;
}

// Tries the folders of PATH, as execvp does with the environment of the caller.
static void execute_found(const struct command *command) {
    const char *name = command->arguments[0];
    const char *path = "";
    for (uint32_t index = 0; index < command->run.variables; index++) {
        if (strncmp(command->environment[index], "PATH=", 5) == 0) {
            path = command->environment[index] + 5;
        }
    }
    int code = ENOENT;
    while (*path != 0) {
        char file[4096];
        int length = (int)strcspn(path, ":");
        int needed = snprintf(file, sizeof file, "%.*s/%s", length, path, name);
        path += length + (path[length] == ':');
        if (length == 0 || needed >= (int)sizeof file) continue;
        execve(file, command->arguments, command->environment);
        if (errno == EACCES) code = EACCES;
        else if (errno != ENOENT && errno != ENOTDIR) return;
    }
    errno = code;
}

static void write_status(void) {
    char text[4096];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? -1 : read(file, text, sizeof text);
    _exit(count > 0 && write(1, text, (size_t)count) == count ? 0 : 1);
}

static int work_on_file(const struct command *command) {
    const char *path = command->arguments[0];
    uint32_t mode = command->run.open_mode;
    // A file that grows too long is an error, not the end of the process.
    signal(SIGXFSZ, SIG_IGN);
    switch (command->run.flags) {
    case CSANDBOX_RUN_OPEN:
        return csandbox_open_and_send(command->channel, path, command->run.open_flags, mode);
    case CSANDBOX_RUN_REPLACE:
        return csandbox_replace_file(path, mode);
    case CSANDBOX_RUN_APPEND:
        return csandbox_append_file(path, mode, false);
    case CSANDBOX_RUN_CREATE:
        return csandbox_append_file(path, mode, true);
    case CSANDBOX_RUN_MAKE_FOLDERS:
        return csandbox_make_folders(path, mode);
    default:
        errno = EINVAL;
        return -1;
    }
}

static void fail(struct command *command, uint32_t stage) {
    command->failure = errno;
    command->failed_stage = stage;
    _exit(127);
}

// First out of the way of each other, then to where they belong.
static void place_streams(struct command *command) {
    int lowest = command->stream_count;
    for (int stream = 0; stream < command->stream_count; stream++) {
        int moved = fcntl(command->streams[stream], F_DUPFD_CLOEXEC, lowest);
        if (moved < 0) fail(command, CSANDBOX_STAGE_LIMITS);
        command->streams[stream] = moved;
    }
    for (int stream = 0; stream < command->stream_count; stream++) {
        if (dup2(command->streams[stream], stream) < 0) fail(command, CSANDBOX_STAGE_LIMITS);
    }
}

// Between vfork and exec, in the cell's memory, unless it is a question: what reads a hostile file
// gets a copy.
static void become(struct command *command) {
    sigset_t none;
    sigemptyset(&none);
    setsid();
    place_streams(command);
    if (csandbox_set_limits(command->run.limits) != 0) fail(command, CSANDBOX_STAGE_LIMITS);
    if (chdir(command->folder) != 0) fail(command, CSANDBOX_STAGE_DIRECTORY);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (command->run.read_only && csandbox_forbid_changes(command->plan) != 0) {
        fail(command, CSANDBOX_STAGE_READ_ONLY);
    }
    if (command->run.flags == CSANDBOX_RUN_STATUS) write_status();
    if (command->run.flags == CSANDBOX_RUN_QUERY) csandbox_run_query(command->arguments[0]);
    if (command->run.flags != 0) {
        if (work_on_file(command) == 0) _exit(0);
        fail(command, CSANDBOX_STAGE_FILE);
    }
    syscall(SYS_close_range, command->stream_count, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */);
    if (strchr(command->arguments[0], '/') != NULL) {
        execve(command->arguments[0], command->arguments, command->environment);
    } else {
        execute_found(command);
    }
    fail(command, CSANDBOX_STAGE_EXECUTE);
}

// MARK: while it runs

// Outside of a PID namespace the descendants are found by looking: whoever loses its parent becomes
// a child of the cell, so the children are all there is in the end.
static void signal_children(int number) {
    char text[16 << 10];
    int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    text[count > 0 ? count : 0] = 0;
    for (char *at = text; *at != 0;) {
        long process = strtol(at, &at, 10);
        if (process <= 1) break;
        kill((pid_t)process, number);
        while (*at == ' ') at++;
    }
}

static void signal_all(bool isolated, pid_t command, int number) {
    if (isolated) {
        kill(-1, number);
    } else {
        kill(-command, number);
        if (number == SIGKILL) signal_children(number);
    }
}

// Ends what is left, so that the result is told of a command without a living process.
static void end_rest(bool isolated, pid_t command) {
    for (;;) {
        signal_all(isolated, command, SIGKILL);
        pid_t ended = waitpid(-1, NULL, isolated ? 0 : WNOHANG);
        if (ended < 0 && errno == ECHILD) return;
        if (ended == 0) poll(NULL, 0, 1);
    }
}

// The signal that the daemon wants to send; the end of the channel is the end of the command.
static int requested_signal(int channel) {
    struct csandbox_signal request = {0};
    int descriptors[16];
    int descriptor_count;
    ssize_t count =
        csandbox_receive(channel, &request, sizeof request, descriptors, &descriptor_count);
    for (int index = 0; index < descriptor_count; index++) close(descriptors[index]);
    if (count != sizeof request || request.kind != CSANDBOX_SIGNAL) return SIGKILL;
    return request.number;
}

static int remaining_milliseconds(uint64_t deadline) {
    if (deadline == 0) return -1;
    uint64_t now = csandbox_now();
    if (now >= deadline) return 0;
    uint64_t left = (deadline - now + 999999) / 1000000;
    return left > 86400000 ? 86400000 : (int)left;
}

// Waits for the end of `process`, and tells the init that there is a cell less only when that took a
// while: waking it costs a short command a quarter of its time.
static void supervise(struct csandbox_exit *result, pid_t process, int channel, int warm,
                      bool isolated, uint64_t deadline) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    for (;;) {
        int status;
        pid_t ended;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended != process) continue;
            result->status = status;
            return;
        }
        struct pollfd waiting[] = {{channel, POLLIN, 0}, {children, POLLIN, 0}};
        int patience = remaining_milliseconds(deadline);
        if (warm >= 0 && (patience < 0 || patience > SHORT_MILLISECONDS)) {
            patience = SHORT_MILLISECONDS;
        }
        int ready = poll(waiting, 2, patience);
        if (ready == 0 && warm >= 0) {
            close(warm);
            warm = -1;
        }
        struct signalfd_siginfo information;
        while (read(children, &information, sizeof information) > 0) continue;
        if (ready == 0 && deadline != 0 && remaining_milliseconds(deadline) == 0) {
            result->timed_out = 1;
            deadline = 0;
            signal_all(isolated, process, SIGKILL);
        } else if (ready > 0 && waiting[0].revents != 0) {
            signal_all(isolated, process, requested_signal(channel));
        }
    }
}

static void measure(struct csandbox_exit *result, uint64_t start) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    result->wall_nanoseconds = csandbox_now() - start;
    result->user_microseconds =
        (uint64_t)usage.ru_utime.tv_sec * 1000000 + (uint64_t)usage.ru_utime.tv_usec;
    result->system_microseconds =
        (uint64_t)usage.ru_stime.tv_sec * 1000000 + (uint64_t)usage.ru_stime.tv_usec;
    result->peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    result->read_bytes = (uint64_t)usage.ru_inblock * 512;
    result->written_bytes = (uint64_t)usage.ru_oublock * 512;
}

void csandbox_execute(struct csandbox_plan *plan, int warm, const char *message, size_t count,
                      const int *descriptors, int descriptor_count) {
    static struct command command;
    bool isolated = plan->create.flags & CSANDBOX_ISOLATED;
    struct csandbox_exit result = {.kind = CSANDBOX_EXIT};
    command.plan = plan;
    command.channel = descriptors[0];
    command.stream_count = isolated ? 3 : descriptor_count - 1;
    memcpy(command.streams, descriptors + 1, sizeof(int) * (size_t)command.stream_count);
    if (!read_command(&command, message, count)) {
        result.error = EINVAL;
        result.stage = CSANDBOX_STAGE_MESSAGE;
        csandbox_send(command.channel, &result, sizeof result, NULL, 0);
        return;
    }
    uint64_t start = csandbox_now();
    uint64_t timeout = command.run.timeout_nanoseconds;
    pid_t process = -1;
    // While as many processes run as may, those of other commands among them, this one waits a little.
    for (int pauses = 0; pauses < PAUSES_MAX; pauses++) {
        process = command.run.flags == CSANDBOX_RUN_QUERY ? fork() : vfork();
        if (process == 0) become(&command);
        if (process > 0 || errno != EAGAIN) break;
        poll(NULL, 0, PAUSE_MILLISECONDS);
    }
    // The streams stay open here until the result is sent: their end would wake the daemon before.
    if (process < 0) {
        result.error = errno;
        result.stage = CSANDBOX_STAGE_EXECUTE;
    } else {
        uint64_t deadline = timeout == 0 || timeout > UINT64_MAX - start ? 0 : start + timeout;
        supervise(&result, process, command.channel, warm, isolated, deadline);
        end_rest(isolated, process);
        result.error = command.failure;
        result.stage = command.failed_stage;
        measure(&result, start);
    }
    csandbox_send(command.channel, &result, sizeof result, NULL, 0);
}
