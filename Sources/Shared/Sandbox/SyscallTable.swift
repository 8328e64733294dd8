/// The system calls that sandboxes may use, and those that are answered otherwise than with
/// "there is no such call".
enum SyscallTable {
    /// Allowed whatever their arguments are.
    static let allowed: [String] = files + descriptors + memory + processes + signals + time + other

    private static let files = """
        access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat \
        faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl \
        fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstatfs fsync ftruncate \
        futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init \
        inotify_init1 inotify_rm_watch lchown lgetxattr link linkat listxattr llistxattr \
        lremovexattr lseek lsetxattr lstat mkdir mkdirat mknod mknodat newfstatat open openat \
        openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink \
        readlinkat readv removexattr rename renameat renameat2 rmdir sendfile setxattr splice \
        stat statfs statx symlink symlinkat sync sync_file_range syncfs tee truncate umask unlink \
        unlinkat utime utimensat utimes vmsplice write writev landlock_create_ruleset \
        landlock_add_rule landlock_restrict_self
        """.split(separator: " ").map(String.init)

    private static let descriptors = """
        accept accept4 bind connect epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 \
        epoll_wait eventfd eventfd2 getpeername getsockname getsockopt ioctl listen pipe pipe2 \
        poll ppoll pselect6 recvfrom recvmmsg recvmsg select sendmmsg sendmsg sendto setsockopt \
        shutdown signalfd signalfd4 socketpair timerfd_create timerfd_gettime timerfd_settime
        """.split(separator: " ").map(String.init)

    private static let memory = """
        brk madvise membarrier memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap \
        mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect \
        process_madvise remap_file_pages
        """.split(separator: " ").map(String.init)

    private static let processes = """
        arch_prctl capget execve execveat exit exit_group fork futex futex_wait futex_waitv \
        futex_wake futex_requeue get_robust_list get_thread_area getcpu getegid geteuid getgid \
        getgroups getpgid getpgrp getpid getppid getpriority getresgid getresuid getrlimit \
        getrusage getsid gettid getuid ioprio_get ioprio_set pidfd_open pidfd_send_signal prctl \
        prlimit64 rseq sched_get_priority_max sched_get_priority_min sched_getaffinity \
        sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity \
        sched_setattr sched_setparam sched_setscheduler sched_yield seccomp set_robust_list \
        set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setpgid setpriority \
        setregid setresgid setresuid setreuid setrlimit setsid setuid vfork wait4 waitid
        """.split(separator: " ").map(String.init)

    private static let signals = """
        kill pause restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo \
        rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack tgkill tkill
        """.split(separator: " ").map(String.init)

    private static let time = """
        alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep \
        setitimer time timer_create timer_delete timer_getoverrun timer_gettime timer_settime times
        """.split(separator: " ").map(String.init)

    private static let other = """
        capset getrandom mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink \
        msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget \
        sysinfo uname
        """.split(separator: " ").map(String.init)

    /// Of those that are allowed, what changes a file's attributes, or its length by its path.
    static let changing: [String] = """
        chmod chown fchmod fchmodat fchmodat2 fchown fchownat fremovexattr fsetxattr futimesat \
        lchown lremovexattr lsetxattr removexattr setxattr truncate utime utimensat utimes
        """.split(separator: " ").map(String.init)

    /// Answered with EPERM, by what they are for: programs try these and go on without.
    private static let refusedByCategory: [(name: String, calls: String)] = [
        ("accounting", "acct quotactl quotactl_fd ustat lookup_dcookie nfsservctl sysfs"),
        ("bpf", "bpf"),
        ("clock", "adjtimex clock_adjtime clock_settime settimeofday stime"),
        ("debug", "kcmp perf_event_open pidfd_getfd process_mrelease process_vm_readv "
            + "process_vm_writev ptrace"),
        ("fanotify", "fanotify_init fanotify_mark"),
        ("file-handle", "name_to_handle_at open_by_handle_at"),
        ("io-uring", "io_uring_enter io_uring_register io_uring_setup"),
        ("aio", "io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit"),
        ("keyring", "add_key keyctl request_key"),
        ("memory-policy", "get_mempolicy mbind memfd_secret migrate_pages move_pages set_mempolicy "
            + "set_mempolicy_home_node"),
        ("mount", "chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree "
            + "pivot_root umount umount2"),
        ("namespace", "setdomainname sethostname setns unshare"),
        ("swap", "swapoff swapon"),
        ("system-log", "syslog"),
        ("terminal", "vhangup"),
        ("userfaultfd", "userfaultfd"),
        ("library", "uselib"),
    ]

    static let refused: [String] = words(refusedByCategory)

    /// No program that means well gets here: it is ended.
    private static let fatalByCategory: [(name: String, calls: String)] = [
        ("kexec", "kexec_file_load kexec_load"),
        ("module", "create_module delete_module finit_module get_kernel_syms init_module "
            + "query_module"),
        ("raw-io", "ioperm iopl"),
        ("reboot", "reboot"),
        ("sysctl", "_sysctl"),
    ]

    static let fatal: [String] = words(fatalByCategory)

    /// What none of a sandbox's processes may do, by name.
    static let blockedCategories: [String] =
        (refusedByCategory + fatalByCategory).map(\.name).sorted()

    private static func words(_ table: [(name: String, calls: String)]) -> [String] {
        table.flatMap { $0.calls.split(separator: " ").map(String.init) }
    }
}
