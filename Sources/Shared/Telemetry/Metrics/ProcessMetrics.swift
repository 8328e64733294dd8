internal import Glibc

/// What Prometheus and Envoy dashboards show of the process itself, read when it is scraped.
public enum ProcessMetrics {
    /// - Parameters:
    ///   - startSeconds: when the process started, since 1970.
    ///   - isLive: 1 while the process takes requests, 0 while it drains.
    ///   - wallSeconds: the time now, since 1970.
    public static func register(
        in registry: MetricRegistry, startSeconds: Int64,
        wallSeconds: @escaping @Sendable () -> Int64, isLive: @escaping @Sendable () -> Bool
    ) throws(MetricFault) {
        try registry.observe("envoy_server_live", help: "1 while the server takes requests.") {
            isLive() ? 1 : 0
        }
        try registry.observe("envoy_server_uptime", help: "Seconds since the start.") {
            wallSeconds() - startSeconds
        }
        try registry.observe(
            "process_start_time_seconds", help: "When the process started, since 1970.",
            read: { startSeconds })
        try registry.observe(
            "envoy_server_memory_allocated", help: "Bytes of memory that are resident.",
            read: { memoryBytes(.resident) })
        try registry.observe(
            "envoy_server_memory_heap_size", help: "Bytes of data and stack address space.",
            read: { memoryBytes(.data) })
        try registry.observe(
            "process_resident_memory_bytes", help: "Bytes of memory that are resident.",
            read: { memoryBytes(.resident) })
        try registry.observe(
            "process_open_fds", help: "Open file descriptors.", read: openDescriptors)
    }

    /// Positions in /proc/self/statm, whose numbers are in pages.
    private enum MemoryColumn: Int {
        case resident = 1
        case data = 5
    }

    // 0 when unreadable.
    private static func memoryBytes(_ column: MemoryColumn) -> Int64 {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return 0 }
        let words = buffer[..<count].split(separator: UInt8(ascii: " "))
        guard words.count > column.rawValue,
            let pages = Int64(String(decoding: words[column.rawValue], as: UTF8.self))
        else { return 0 }
        return pages * Int64(sysconf(CInt(_SC_PAGESIZE)))
    }

    private static func openDescriptors() -> Int64 {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var entries: Int64 = 0
        while readdir(directory) != nil { entries += 1 }
        return max(entries - 3, 0)  // ".", "..", and the directory itself
    }
}
