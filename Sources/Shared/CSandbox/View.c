// The files that a sandbox sees: a new root, put together from pieces of the host's.
#define _GNU_SOURCE
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Where the new root is put together; hidden only for processes of the sandbox.
static const char *const WORKSHOP = "/tmp";

static int open_strictly(int folder, const char *path, uint64_t flags, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

// A path of the host, which leads through no link: who can write to a folder on the way cannot turn
// it elsewhere after it was checked.
static int open_source(const char *path) {
    return open_strictly(AT_FDCWD, path, O_PATH, RESOLVE_NO_SYMLINKS);
}

static int is_folder(int place) {
    struct stat status;
    if (fstat(place, &status) != 0) return -1;
    return S_ISDIR(status.st_mode);
}

// The folder at `path` below `root`, made where it is missing. Links are not followed.
static int make_folder(int root, const char *path, mode_t mode) {
    int folder = fcntl(root, F_DUPFD_CLOEXEC, 3);
    while (folder >= 0) {
        while (*path == '/') path++;
        if (*path == 0) return folder;
        char name[256];
        size_t length = strcspn(path, "/");
        if (length >= sizeof name) {
            errno = ENAMETOOLONG;
            break;
        }
        memcpy(name, path, length);
        name[length] = 0;
        path += length;
        bool last = path[strspn(path, "/")] == 0;
        const uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
        int next = open_strictly(folder, name, O_PATH | O_DIRECTORY, resolve);
        if (next < 0 && errno == ENOENT) {
            // The mode is exact, whatever the mask.
            if (mkdirat(folder, name, 0755) != 0) break;
            next = open_strictly(folder, name, O_RDONLY | O_DIRECTORY, resolve);
            if (next >= 0 && last && fchmod(next, mode) != 0) break;
        }
        close(folder);
        folder = next;
    }
    return -1;
}

// The folder that `path` is in, made where it is missing; `name` is where its last part begins.
static int make_parent(int root, const char *path, const char **name) {
    char parent[4096];
    const char *slash = strrchr(path, '/');
    size_t length = (size_t)(slash - path);
    if (length >= sizeof parent) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(parent, path, length);
    parent[length] = 0;
    *name = slash + 1;
    return make_folder(root, parent, 0755);
}

// An empty file to mount another one on.
static int make_file(int root, const char *path, const char *text, mode_t mode) {
    const char *name;
    int parent = make_parent(root, path, &name);
    if (parent < 0) return -1;
    int file = openat(parent, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0 && (errno == EROFS || errno == EISDIR || errno == EACCES)) {
        file = open_strictly(parent, name, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    } else if (file >= 0 && text != NULL) {
        size_t length = strlen(text);
        if (write(file, text, length) != (ssize_t)length || fchmod(file, mode) != 0) {
            close(file);
            file = -1;
        }
    }
    close(parent);
    return file;
}

static int attach(int mount, int place) {
    if (mount < 0 || place < 0) return -1;
    return move_mount(mount, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static int set_attributes(int mount, uint64_t attributes, unsigned flags) {
    struct mount_attr change = {.attr_set = attributes};
    return mount_setattr(mount, "", AT_EMPTY_PATH | flags, &change, sizeof change);
}

static int clone_tree(const char *source) {
    int place = open_source(source);
    if (place < 0) return -1;
    int mount = open_tree(place, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | O_CLOEXEC);
    close(place);
    return mount;
}

static bool is_bound(uint32_t kind) {
    return kind == CSANDBOX_STEP_READ_ONLY || kind == CSANDBOX_STEP_WRITABLE ||
           kind == CSANDBOX_STEP_DEVICE;
}

// Takes hold of every piece of the host before the new root hides some of it.
static int collect(struct csandbox_plan *plan) {
    for (uint32_t index = 0; index < plan->create.steps; index++) {
        const struct csandbox_step *step = &plan->steps[index].step;
        if (!is_bound(step->kind)) continue;
        if (plan->steps[index].mount < 0) {
            plan->steps[index].mount = clone_tree(plan->steps[index].source);
        }
        uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
        if (step->kind == CSANDBOX_STEP_READ_ONLY) attributes |= MOUNT_ATTR_RDONLY;
        if (step->kind == CSANDBOX_STEP_DEVICE) attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
        if (plan->steps[index].mount < 0 ||
            set_attributes(plan->steps[index].mount, attributes, AT_RECURSIVE) != 0) {
            snprintf(plan->place, sizeof plan->place, "%s", plan->steps[index].source);
            return -1;
        }
    }
    return 0;
}

static int attach_bound(struct csandbox_plan *plan, int root, uint32_t index) {
    int mount = plan->steps[index].mount;
    const char *target = plan->steps[index].target;
    int folder = is_folder(mount);
    if (folder < 0) return -1;
    int place = folder ? make_folder(root, target, 0755) : make_file(root, target, NULL, 0644);
    int result = attach(mount, place);
    close(place);
    close(mount);
    plan->steps[index].mount = -1;
    return result;
}

static int configure(int context, const char *key, const char *value) {
    return fsconfig(context, FSCONFIG_SET_STRING, key, value, 0);
}

static int new_temporary(const struct csandbox_plan *plan, const struct csandbox_step *step) {
    int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    bool root = plan->user_namespace >= 0;
    char size[32], files[32], mode[16], uid[16], gid[16];
    snprintf(size, sizeof size, "%llu", (unsigned long long)step->bytes_max);
    snprintf(files, sizeof files, "%llu", (unsigned long long)(step->bytes_max / 4096 + 1024));
    snprintf(mode, sizeof mode, "%o", step->mode);
    snprintf(uid, sizeof uid, "%u", root ? plan->create.host_uid : plan->create.uid);
    snprintf(gid, sizeof gid, "%u", root ? plan->create.host_gid : plan->create.gid);
    int mount = -1;
    if (configure(context, "size", size) == 0 && configure(context, "nr_inodes", files) == 0 &&
        configure(context, "mode", mode) == 0 && configure(context, "uid", uid) == 0 &&
        configure(context, "gid", gid) == 0 &&
        fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
        mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    }
    close(context);
    return mount;
}

static int attach_temporary(struct csandbox_plan *plan, int root, uint32_t index) {
    int mount = new_temporary(plan, &plan->steps[index].step);
    int place = make_folder(root, plan->steps[index].target, 0755);
    int result = attach(mount, place);
    close(place);
    close(mount);
    return result;
}

// The processes of the caller's PID namespace and nothing else of the kernel's.
static int new_proc(struct csandbox_plan *plan) {
    int context = fsopen("proc", FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    int hidden = configure(context, "hidepid", "2") | configure(context, "subset", "pid");
    plan->layers[CSANDBOX_LAYER_PROC] = hidden == 0 ? 0 : errno;
    int mount = -1;
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
        mount = fsmount(context, FSMOUNT_CLOEXEC,
                        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    }
    close(context);
    return mount;
}

static int attach_proc(struct csandbox_plan *plan, int root, const char *target) {
    int mount = new_proc(plan);
    int place = make_folder(root, target, 0555);
    int result = attach(mount, place);
    close(place);
    close(mount);
    return result;
}

int csandbox_mount_proc(struct csandbox_plan *plan) {
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int result = -1;
    for (uint32_t index = 0; root >= 0 && index < plan->create.steps; index++) {
        if (plan->steps[index].step.kind != CSANDBOX_STEP_PROC) continue;
        result = attach_proc(plan, root, plan->steps[index].target);
    }
    close(root);
    return result;
}

static int make_link(int root, const char *content, const char *path) {
    const char *name;
    int parent = make_parent(root, path, &name);
    if (parent < 0) return -1;
    int result = symlinkat(content, parent, name);
    close(parent);
    return result;
}

static int put(struct csandbox_plan *plan, int root, uint32_t index) {
    const struct csandbox_step *step = &plan->steps[index].step;
    const char *target = plan->steps[index].target;
    int made;
    switch (step->kind) {
    case CSANDBOX_STEP_DIRECTORY:
        made = make_folder(root, target, step->mode);
        break;
    case CSANDBOX_STEP_FILE:
        made = make_file(root, target, plan->steps[index].source, step->mode);
        break;
    case CSANDBOX_STEP_READ_ONLY:
    case CSANDBOX_STEP_WRITABLE:
    case CSANDBOX_STEP_DEVICE:
        return attach_bound(plan, root, index);
    case CSANDBOX_STEP_TEMPORARY:
        return attach_temporary(plan, root, index);
    case CSANDBOX_STEP_PROC:
        return attach_proc(plan, root, target);
    case CSANDBOX_STEP_LINK:
        return make_link(root, plan->steps[index].source, target);
    default:
        errno = EINVAL;
        return -1;
    }
    if (made < 0) return -1;
    close(made);
    return 0;
}

int csandbox_build_view(struct csandbox_plan *plan) {
    umask(022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || collect(plan) != 0) return -1;
    const unsigned long flags = MS_NOSUID | MS_NODEV;
    if (mount("sandbox", WORKSHOP, "tmpfs", flags, "mode=755,size=1m") != 0) return -1;
    int root = open(WORKSHOP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return -1;
    for (uint32_t index = 0; index < plan->create.steps; index++) {
        if (put(plan, root, index) == 0) continue;
        snprintf(plan->place, sizeof plan->place, "%s", plan->steps[index].target);
        return -1;
    }
    // The old root ends up on top of the new one, and goes with everything below it.
    if (fchdir(root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return -1;
    if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return -1;
    close(root);
    int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int result = set_attributes(top, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0);
    close(top);
    return result;
}

// MARK: identities

// Stays until it is killed; there only so that its namespace can be opened.
static int hold_namespace(void *unused) {
    (void)unused;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    for (;;) pause();
}

static int map_identity(pid_t process, const char *file, uint32_t inside, uint32_t outside) {
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)process, file);
    snprintf(text, sizeof text, "%u %u 1", inside, outside);
    return csandbox_write_text(path, text);
}

int csandbox_make_user_namespace(uint32_t inside_uid, uint32_t outside_uid, uint32_t inside_gid,
                                 uint32_t outside_gid) {
    static char stack[16 << 10] __attribute__((aligned(16)));
    pid_t holder = clone(hold_namespace, stack + sizeof stack, CLONE_VM | CLONE_NEWUSER | SIGCHLD,
                         NULL);
    if (holder < 0) return -1;
    int namespace = -1;
    if (map_identity(holder, "uid_map", inside_uid, outside_uid) == 0 &&
        map_identity(holder, "gid_map", inside_gid, outside_gid) == 0) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/user", (int)holder);
        namespace = open(path, O_RDONLY | O_CLOEXEC);
    }
    int code = errno;
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    errno = code;
    return namespace;
}

// A writable piece of the host belongs, on disk, to whom it belongs there; in the sandbox to the
// sandbox.
static int map_owner(int mount, const struct stat *owner, const struct csandbox_create *create) {
    int namespace = csandbox_make_user_namespace(owner->st_uid, create->host_uid, owner->st_gid,
                                                 create->host_gid);
    if (namespace < 0) return -1;
    struct mount_attr change = {
        .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)namespace,
    };
    int result = mount_setattr(mount, "", AT_EMPTY_PATH, &change, sizeof change);
    close(namespace);
    return result;
}

int csandbox_map_writable(struct csandbox_plan *plan) {
    for (uint32_t index = 0; index < plan->create.steps; index++) {
        struct stat owner;
        if (plan->steps[index].step.kind != CSANDBOX_STEP_WRITABLE) continue;
        int mount = plan->steps[index].mount = clone_tree(plan->steps[index].source);
        snprintf(plan->place, sizeof plan->place, "%s", plan->steps[index].source);
        if (mount < 0 || fstat(mount, &owner) != 0) return -1;
        if (owner.st_uid == plan->create.host_uid) continue;
        if (map_owner(mount, &owner, &plan->create) != 0) return -1;
    }
    plan->place[0] = 0;
    return 0;
}

int csandbox_place_mapped(struct csandbox_plan *plan) {
    if (unshare(CLONE_NEWNS) != 0) return -1;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    for (uint32_t index = 0; index < plan->create.steps; index++) {
        if (plan->steps[index].mount < 0) continue;
        int place = open_source(plan->steps[index].source);
        int result = attach(plan->steps[index].mount, place);
        close(place);
        close(plan->steps[index].mount);
        plan->steps[index].mount = -1;
        if (result != 0) return -1;
    }
    return 0;
}

int csandbox_write_text(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    size_t length = strlen(text);
    ssize_t written = write(file, text, length);
    int code = errno;
    close(file);
    errno = code;
    return written == (ssize_t)length ? 0 : -1;
}
