// The processes between the daemon and what runs in its sandboxes, in C because they live between
// fork and exec.
//
//   daemon ── launcher ── init of a sandbox ── cell of a command ── command
//
// The launcher is this program again, started before anything else of it has run: one thread, no
// secrets, nothing of the daemon's memory. It forks the inits; each builds its namespaces and its
// view of the files, and keeps one cell ready, which waits for a command in namespaces of its own
// with every restriction already in force.
//
// All of it ends with the daemon: each holds one end of a socket whose other end the daemon has,
// and each is killed when its parent dies.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include "CSandboxQuery.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// A message is one record of a SOCK_SEQPACKET socket.
static const size_t CSANDBOX_MESSAGE_BYTES_MAX = 128 << 10;
static const int CSANDBOX_DESCRIPTORS_MAX = 16;

enum csandbox_kind {
    CSANDBOX_CREATE = 1,
    CSANDBOX_READY = 2,
    CSANDBOX_RUN = 3,
    CSANDBOX_OPENED = 4,
    CSANDBOX_EXIT = 5,
    CSANDBOX_SIGNAL = 6,
    CSANDBOX_SUSPEND = 7,
    CSANDBOX_RESUME = 8,
    CSANDBOX_KILL = 9,
};

// Resources with a limit for each process; a value of UINT64_MAX is no limit.
enum csandbox_limit {
    CSANDBOX_LIMIT_CPU_SECONDS,
    CSANDBOX_LIMIT_FILE_BYTES,
    CSANDBOX_LIMIT_OPEN_FILES,
    CSANDBOX_LIMIT_PROCESSES,
    CSANDBOX_LIMIT_DATA_BYTES,
    CSANDBOX_LIMITS,
};

// What the report tells of, each by the errno of the attempt: 0 is in force.
enum csandbox_layer {
    CSANDBOX_LAYER_NAMESPACES,
    CSANDBOX_LAYER_CGROUP_NAMESPACE,
    CSANDBOX_LAYER_CGROUPS,
    CSANDBOX_LAYER_IDENTITY,
    CSANDBOX_LAYER_GROUPS,
    CSANDBOX_LAYER_VIEW,
    CSANDBOX_LAYER_PROC,
    CSANDBOX_LAYER_CAPABILITIES,
    CSANDBOX_LAYER_NO_NEW_PRIVILEGES,
    CSANDBOX_LAYER_LANDLOCK,
    CSANDBOX_LAYER_SECCOMP,
    CSANDBOX_LAYER_LIMITS,
    CSANDBOX_LAYERS,
};

// Where something failed that ends the attempt.
enum csandbox_stage {
    CSANDBOX_STAGE_NONE,
    CSANDBOX_STAGE_MESSAGE,
    CSANDBOX_STAGE_IDENTITY,
    CSANDBOX_STAGE_NAMESPACES,
    CSANDBOX_STAGE_NETWORK,
    CSANDBOX_STAGE_VIEW,
    CSANDBOX_STAGE_CELL,
    CSANDBOX_STAGE_LIMITS,
    CSANDBOX_STAGE_DIRECTORY,
    CSANDBOX_STAGE_EXECUTE,
    CSANDBOX_STAGE_FILE,
    CSANDBOX_STAGE_READ_ONLY,
};

enum csandbox_create_flags {
    // Namespaces, a view, Landlock, capabilities and seccomp; otherwise only limits and the ending
    // of all processes.
    CSANDBOX_ISOLATED = 1,
    // Landlock lets no TCP through but connecting to `port`.
    CSANDBOX_TCP_PORT_ONLY = 2,
    // Without isolation: what runs cannot gain privileges by executing a file.
    CSANDBOX_NO_NEW_PRIVILEGES = 4,
    // Without isolation: `steps` are writable folders, in whose place the processes find them as
    // belonging to `host_uid`. For root.
    CSANDBOX_MAP_OWNERS = 8,
};

enum csandbox_step_kind {
    CSANDBOX_STEP_DIRECTORY = 1,
    CSANDBOX_STEP_READ_ONLY = 2,
    CSANDBOX_STEP_WRITABLE = 3,
    CSANDBOX_STEP_TEMPORARY = 4,
    CSANDBOX_STEP_LINK = 5,
    CSANDBOX_STEP_FILE = 6,
    CSANDBOX_STEP_PROC = 7,
    CSANDBOX_STEP_DEVICE = 8,
};

// One piece of a sandbox's view, in the order in which they are put in place; `source` and `target`
// follow, each with its terminating zero.
struct csandbox_step {
    uint32_t kind;
    uint32_t mode;
    uint64_t bytes_max;
};

static const int CSANDBOX_STEPS_MAX = 256;

// Every program up to the last is loaded for each command, the last for those that change nothing;
// the most restrictive answer of them holds.
enum { CSANDBOX_FILTERS = 3, CSANDBOX_READ_ONLY_FILTER = 2 };

// To the launcher. Descriptors: the init's control socket, the socket that its cells take commands
// from, and the cgroup.procs files to join. `filter_bytes` of each BPF program and `steps` follow.
struct csandbox_create {
    uint32_t kind;
    uint32_t flags;
    uint32_t uid;
    uint32_t gid;
    uint32_t host_uid;
    uint32_t host_gid;
    uint32_t filter_bytes[CSANDBOX_FILTERS];
    uint32_t steps;
    // A port of the sandbox's loopback to listen on; 0 is none.
    uint32_t port;
    uint64_t limits[CSANDBOX_LIMITS];
};

// From the init, once: descriptors are its pidfd and, with `port`, the listening socket.
struct csandbox_ready {
    uint32_t kind;
    uint32_t stage;
    int32_t error;
    int32_t landlock_version;
    int32_t layers[CSANDBOX_LAYERS];
    char place[192];
};

enum csandbox_run_flags {
    // Writes /proc/self/status to the standard output in place of executing anything.
    CSANDBOX_RUN_STATUS = 1,
    // Opens the first argument with `open_flags` and sends the descriptor back.
    CSANDBOX_RUN_OPEN = 2,
    // Writes the standard input to the first argument, a file that `open_mode` is for if it is new:
    // in place of what it held, after it, or only if it is new.
    CSANDBOX_RUN_REPLACE = 4,
    CSANDBOX_RUN_APPEND = 8,
    CSANDBOX_RUN_CREATE = 16,
    // Makes the folder of the first argument, and those it is in.
    CSANDBOX_RUN_MAKE_FOLDERS = 32,
    // Asks the SQLite database at the first argument, as `CSandboxQuery.h` says.
    CSANDBOX_RUN_QUERY = 64,
};

// To a cell. Descriptors: the channel of this command, its standard streams, and without isolation
// more that it gets as 3, 4 and so on. The folder to run in, the arguments and the environment
// follow.
struct csandbox_run {
    uint32_t kind;
    uint32_t flags;
    uint32_t arguments;
    uint32_t variables;
    uint32_t open_flags;
    uint32_t open_mode;
    // Not 0: no file or folder can be changed, made or removed. Where Landlock cannot see to that,
    // nothing is run.
    uint32_t read_only;
    uint32_t reserved;
    // 0 is no limit.
    uint64_t timeout_nanoseconds;
    uint64_t limits[CSANDBOX_LIMITS];
};

// On the channel of a command, from its cell once no process of it is left.
struct csandbox_exit {
    uint32_t kind;
    // Of waitpid.
    int32_t status;
    // Why the command could not be started, and where; 0 when it was.
    int32_t error;
    uint32_t stage;
    uint32_t timed_out;
    uint32_t reserved;
    uint64_t wall_nanoseconds;
    uint64_t user_microseconds;
    uint64_t system_microseconds;
    uint64_t peak_bytes;
    uint64_t read_bytes;
    uint64_t written_bytes;
};

// On the channel of a command, to its cell: every process of it gets the signal; SIGKILL ends it.
struct csandbox_signal {
    uint32_t kind;
    int32_t number;
};

// Starts a launcher that takes commands from the other end of `socket`. 0, or an errno.
int csandbox_start_launcher(int socket, pid_t *launcher);

// A pipe whose ends are closed on exec. 0, or -1 with errno.
int csandbox_pipe(int ends[2]);

// A pair of connected sockets that keep the borders of records, closed on exec. 0, or -1 with errno.
int csandbox_socket_pair(int pair[2]);

// The bytes sent, or -1 with errno.
ssize_t csandbox_send(int socket, const void *bytes, size_t count, const int *descriptors,
                      int descriptor_count);

// The bytes of one record, 0 at the end, or -1 with errno. What a record has beyond `capacity` makes
// it an error. `descriptors` has room for CSANDBOX_DESCRIPTORS_MAX; they are closed on exec.
ssize_t csandbox_receive(int socket, void *bytes, size_t capacity, int *descriptors,
                         int *descriptor_count);

// Sends a signal to the process of a pidfd. 0, or -1 with errno.
int csandbox_signal_process(int pidfd, int number);

// A file without a name, in memory, closed on exec; or -1 with errno.
int csandbox_memory_file(const char *name);

// The names of the attempts to break out, by their index; NULL after the last. An attempt is made by
// this program started with CSANDBOX_ATTEMPT_SWITCH, a name, and `key=value` for what to reach.
const char *csandbox_attempt_name(int index);

#define CSANDBOX_ATTEMPT_SWITCH "--sluice-sandbox-attempt"

// The newest version of Landlock that the kernel has; 0 when it has none.
int csandbox_landlock_version(void);

#endif
