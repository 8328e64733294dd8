import Foundation
import LeakOracle

/// The memory of another process that a core dump of it would hold: everything but the pages that
/// it asked the kernel to leave out. Reading it takes root.
struct ChildMemory {
    struct Region {
        let start: UInt64
        let end: UInt64
        let name: String
        let isDumped: Bool
    }

    private let process: Int32
    let regions: [Region]

    init(of process: Int32) throws {
        self.process = process
        let text = try String(contentsOfFile: "/proc/\(process)/smaps", encoding: .utf8)
        var found: [Region] = []
        var header: [Substring] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let first = words.first else { continue }
            if first.contains("-"), !first.hasSuffix(":") { header = words }
            guard first == "VmFlags:", header.count >= 2, header[1].hasPrefix("r") else { continue }
            let ends = header[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            let name = header.count > 5 ? String(header[5]) : ""
            guard ends.count == 2, name != "[vvar]", name != "[vsyscall]" else { continue }
            found.append(
                Region(
                    start: ends[0], end: ends[1], name: name, isDumped: !words.contains("dd")))
        }
        regions = found
    }

    /// Where a form of a secret lies in what is dumped, or in the rest.
    func findings(_ oracle: LeakOracle, dumped: Bool) throws -> [String] {
        let memory = open("/proc/\(process)/mem", O_RDONLY)
        guard memory >= 0 else { throw CocoaError(.fileReadNoPermission) }
        defer { close(memory) }
        var found: [String] = []
        let forms = oracle.forms
        for region in regions where region.isDumped == dumped {
            let size = Int(region.end - region.start)
            let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
            defer { buffer.deallocate() }
            let count = pread(memory, buffer, size, off_t(region.start))
            guard count > 0 else { continue }
            let bytes = UnsafeRawBufferPointer(start: buffer, count: count)
            for form in forms where Self.contains(bytes, form.bytes) {
                found.append("\(form.name) as \(form.encoding.rawValue) in \(region)")
            }
        }
        return found
    }

    private static func contains(_ bytes: UnsafeRawBufferPointer, _ form: [UInt8]) -> Bool {
        var rest = bytes[...]
        while rest.count >= form.count, let base = bytes.baseAddress {
            let from = base + rest.startIndex
            guard let found = memchr(from, Int32(form[0]), rest.count - form.count + 1) else {
                return false
            }
            if memcmp(found, form, form.count) == 0 { return true }
            rest = rest.dropFirst(UnsafeRawPointer(found) - from + 1)
        }
        return false
    }
}
