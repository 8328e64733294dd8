// What the parts of this target share.
#ifndef CSANDBOX_INTERNAL_H
#define CSANDBOX_INTERNAL_H

#include "CSandbox.h"

#include <linux/filter.h>
#include <stdbool.h>

static const char *const CSANDBOX_LAUNCHER_NAME = "sluice-sandbox-launcher";
static const int CSANDBOX_LAUNCHER_SOCKET = 3;

// Reads the tail of a message; whatever does not fit it is an error, never read past.
struct csandbox_cursor {
    const char *at;
    size_t left;
};

const void *csandbox_take(struct csandbox_cursor *cursor, size_t count);
const char *csandbox_take_string(struct csandbox_cursor *cursor);

// A sandbox while it is made: the message, and what is prepared from it.
struct csandbox_plan {
    struct csandbox_create create;
    struct sock_filter *filters[CSANDBOX_FILTERS];
    struct {
        struct csandbox_step step;
        const char *source;
        const char *target;
        // A mount that is in place nowhere yet, or -1.
        int mount;
    } steps[256];
    int control;
    int runs;
    int cgroups[16];
    int cgroup_count;
    // The user namespace to enter, or -1 to make one.
    int user_namespace;
    int landlock;
    int listener;
    // Errno of each layer, in memory that the init shares with its cells.
    int32_t *layers;
    int32_t landlock_version;
    uint32_t failed_stage;
    char place[192];
};

// Each 0, or -1 with errno.
int csandbox_make_user_namespace(uint32_t inside_uid, uint32_t outside_uid, uint32_t inside_gid,
                                 uint32_t outside_gid);
int csandbox_map_writable(struct csandbox_plan *plan);
int csandbox_place_mapped(struct csandbox_plan *plan);
int csandbox_build_view(struct csandbox_plan *plan);
int csandbox_mount_proc(struct csandbox_plan *plan);
int csandbox_raise_loopback(void);
int csandbox_listen(uint16_t port);
int csandbox_make_ruleset(struct csandbox_plan *plan);
int csandbox_restrict_paths(int ruleset);
int csandbox_drop_capabilities(void);
int csandbox_load_filters(const struct csandbox_plan *plan);
int csandbox_forbid_changes(const struct csandbox_plan *plan);
int csandbox_set_limits(const uint64_t *limits);
int csandbox_open_and_send(int channel, const char *path, uint32_t flags, uint32_t mode);
int csandbox_append_file(const char *path, uint32_t mode, bool must_be_new);
int csandbox_replace_file(const char *path, uint32_t mode);
int csandbox_make_folders(const char *path, uint32_t mode);
int csandbox_write_text(const char *path, const char *text);

// Do not return.
void csandbox_run_launcher(void) __attribute__((noreturn));
void csandbox_run_init(struct csandbox_plan *plan) __attribute__((noreturn));
void csandbox_run_cell(struct csandbox_plan *plan, int warm) __attribute__((noreturn));
void csandbox_run_attempt(int count, char **arguments) __attribute__((noreturn));
void csandbox_run_query(const char *path) __attribute__((noreturn));

// Starts what a run message asks for and stays until nothing of it is left. `warm` is closed when it
// takes long.
void csandbox_execute(struct csandbox_plan *plan, int warm, const char *message, size_t count,
                      const int *descriptors, int descriptor_count);

uint64_t csandbox_now(void);

#endif
