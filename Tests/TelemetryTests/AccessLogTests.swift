internal import Glibc
internal import Synchronization
internal import Testing

@testable internal import Telemetry

struct AccessLogTests {
    @Test func `lines stay whole and in order at every place of the ring`() throws {
        let ring = ring(capacity: 1)
        var written = 0
        var read = 0
        for round in 0..<500 {
            for size in 0..<(round % 7) {
                guard var line = ring.begin(wallNanoseconds: noon) else { continue }
                line.number(.status, UInt64(written))
                line.text(.userAgent, [UInt8](repeating: 0x78, count: (round + size) % 256).span)
                ring.commit(line)
                written += 1
            }
            for record in try objects(ring.drained()) {
                #expect(record["status"] as? Int == read)
                read += 1
            }
        }
        #expect(read == written)
        #expect(written > 1000)
        #expect(ring.isEmpty)
    }

    @Test func `a full ring drops and counts, and works again when it is drained`() throws {
        let ring = ring(capacity: 1)
        var committed = 0
        for index in 0..<1000 {
            guard var line = ring.begin(wallNanoseconds: noon) else { continue }
            line.number(.status, UInt64(index))
            ring.commit(line)
            committed += 1
        }
        #expect(committed > 10)
        #expect(ring.droppedCount == UInt64(1000 - committed))
        #expect(try objects(ring.drained()).count == committed)
        guard let line = ring.begin(wallNanoseconds: noon) else {
            Issue.record("a drained ring had no room")
            return
        }
        ring.commit(line)
        #expect(try objects(ring.drained()).count == 1)
    }

    @Test func `a record that is not committed was never there`() throws {
        let ring = ring()
        _ = ring.begin(wallNanoseconds: noon)
        #expect(ring.drained().isEmpty)
    }

    @Test func `a record committed to another ring, or twice begun, is dropped`() throws {
        let first = ring()
        let second = ring()
        guard let stray = first.begin(wallNanoseconds: noon),
            let old = second.begin(wallNanoseconds: noon),
            let new = second.begin(wallNanoseconds: noon)
        else {
            Issue.record("an empty ring had no room")
            return
        }
        second.commit(stray)
        #expect(second.droppedCount == 1)
        second.commit(new)
        second.commit(old)
        #expect(second.droppedCount == 2)
        #expect(try objects(second.drained()).count == 1)
    }

    @Test func `the writer thread writes what workers commit, each record once`() throws {
        let file = try TemporaryFile()
        let log = try AccessLog(.file(file.path), workers: 2)
        #expect(log.start())
        let workers = log.rings.map { Worker($0, records: 20_000) }
        let threads = workers.map { $0.start() }
        for thread in threads { pthread_join(thread, nil) }
        log.stop()
        let records = try objects(file.bytes())
        #expect(records.count + Int(log.droppedCount) == 40_000)
        #expect(records.count > 0)
        #expect(log.lostByteCount == 0)
    }

    @Test func `after reopening, records go to a new file at the same path`() throws {
        let file = try TemporaryFile()
        let log = try AccessLog(.file(file.path), workers: 1)
        commit(1, to: log)
        log.flush()
        #expect(rename(file.path, file.path + ".1") == 0)
        commit(2, to: log)
        log.flush()
        log.reopen()
        commit(3, to: log)
        log.flush()
        #expect(try statuses(file, file.path + ".1") == [1, 2])
        #expect(try statuses(file, file.path) == [3])
        #expect(log.reopenFailureCount == 0)
    }

    @Test func `when a file cannot be opened again the old one stays in use`() throws {
        let file = try TemporaryFile()
        let folder = file.path + ".d"
        #expect(mkdir(folder, 0o700) == 0)
        let log = try AccessLog(.file(folder + "/log"), workers: 1)
        #expect(rename(folder + "/log", file.path) == 0)
        #expect(rmdir(folder) == 0)
        log.reopen()
        commit(7, to: log)
        log.flush()
        #expect(log.reopenFailureCount == 1)
        #expect(try statuses(file, file.path) == [7])
    }

    @Test func `a file that cannot be opened is an error that names it`() {
        #expect(throws: LogOutputFault(path: "/nonexistent/log", systemError: ENOENT)) {
            _ = try AccessLog(.file("/nonexistent/log"), workers: 1)
        }
    }

    @Test func `bytes that the disk does not take are counted and block nobody`() throws {
        let log = try AccessLog(.file("/dev/full"), workers: 1)
        commit(1, to: log)
        log.flush()
        #expect(log.lostByteCount > 0)
        #expect(log.rings[0].isEmpty)
    }

    private func commit(_ status: UInt64, to log: AccessLog) {
        guard var line = log.rings[0].begin(wallNanoseconds: noon) else { return }
        line.number(.status, status)
        log.rings[0].commit(line)
    }

    private func statuses(_ file: TemporaryFile, _ path: String) throws -> [Int] {
        try objects(file.bytes(of: path)).compactMap { $0["status"] as? Int }
    }

    private final class Worker: Sendable {
        private let ring: AccessRing
        private let records: Int

        init(_ ring: AccessRing, records: Int) {
            self.ring = ring
            self.records = records
        }

        func start() -> pthread_t {
            var thread = pthread_t()
            let failure = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            #expect(failure == 0)
            return thread
        }

        private func run() {
            for index in 0..<records {
                guard var line = ring.begin(wallNanoseconds: noon) else { continue }
                line.number(.status, UInt64(index))
                line.path(Array("/api/v1/\(index)".utf8).span)
                ring.commit(line)
            }
        }
    }
}
