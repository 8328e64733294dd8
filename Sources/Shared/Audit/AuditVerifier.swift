internal import Bytes
internal import Glibc

/// Follows the chain through a file or a folder, and tells every place where it breaks.
public struct AuditVerifier {
    private let files: [AuditFolder.File]
    private let place: String
    /// A hash that was noted elsewhere, in lower-case hexadecimal: some line has to have it. It
    /// shows what the chain alone cannot: that its end was cut off, or written anew.
    public var expected: String?

    /// - Parameter path: a log's folder, or one of its files.
    public init(_ path: String) throws(AuditFault) {
        place = path
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last(path) }
        if status.st_mode & S_IFMT == S_IFDIR {
            files = try AuditFolder(path: path).files()
            guard !files.isEmpty else { throw .noLog(path) }
        } else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            files = [AuditFolder.File(path: path, first: AuditFileName.sequence(of: name) ?? 0)]
        }
    }

    public func verify() throws(AuditFault) -> AuditVerification {
        var walk = Walk(expected: expected)
        for (index, file) in files.enumerated() {
            try walk.look(at: file, isLast: index == files.count - 1)
        }
        if let expected, !walk.hasExpected {
            walk.result.found(
                AuditFinding(
                    file: place, line: 0, sequence: 0, problem: .unknownHash(expected)))
        }
        return walk.result
    }

    private struct Walk {
        let expected: String?
        var result = AuditVerification()
        var hasExpected = false
        /// Nil before the first line.
        private var position: AuditPosition?

        init(expected: String?) { self.expected = expected }

        mutating func look(at file: AuditFolder.File, isLast: Bool) throws(AuditFault) {
            result.files += 1
            var reader = try AuditLineReader(file.path)
            var number = 0
            while let line = try reader.next() {
                number += 1
                look(at: line, number, in: file)
            }
            let rest = reader.remainder?.count ?? 0
            guard rest > 0 else { return }
            if isLast {
                result.tornBytes = rest
            } else {
                report(.noLine, file, number + 1)
            }
        }

        private mutating func look(
            at line: ArraySlice<UInt8>, _ number: Int, in file: AuditFolder.File
        ) {
            result.lines += 1
            guard let sequence = AuditEntry.sequence(of: line),
                let claim = AuditChain.claim(of: line)
            else { return report(.noLine, file, number) }
            if number == 1, file.first > 0, sequence != file.first {
                report(.otherFile, file, number, sequence)
            }
            judge(claim, sequence, file, number)
            if result.first == 0 { result.first = sequence }
            let position = AuditPosition(sequence: sequence, hash: claim.hash)
            self.position = position
            result.last = position
            if let expected, position.hashText == expected { hasExpected = true }
            if Self.isRecovery(line) { result.recoveries.append(sequence) }
        }

        /// One complaint for a line: the first that holds.
        private mutating func judge(
            _ claim: AuditChain.Claim, _ sequence: UInt64, _ file: AuditFolder.File, _ number: Int
        ) {
            if !claim.holds { return report(.altered, file, number, sequence) }
            guard let position else {
                let isStart = claim.previous == AuditPosition.start.hash
                if isStart != (sequence == 1) { report(.otherChain, file, number, sequence) }
                return
            }
            let next = position.sequence &+ 1
            if sequence > next {
                report(.missing(count: sequence &- next), file, number, sequence)
            } else if sequence < next {
                report(.outOfOrder(expected: next), file, number, sequence)
            } else if claim.previous != position.hash {
                report(.otherChain, file, number, sequence)
            }
        }

        private mutating func report(
            _ problem: AuditFinding.Problem, _ file: AuditFolder.File, _ line: Int,
            _ sequence: UInt64 = 0
        ) {
            result.found(
                AuditFinding(file: file.path, line: line, sequence: sequence, problem: problem))
        }

        private static func isRecovery(_ line: ArraySlice<UInt8>) -> Bool {
            guard let entry = AuditEntry(line) else { return false }
            return entry["kind"] == AuditRecord.Kind.log.rawValue
                && entry["event"] == AuditRecord.Event.recovered.rawValue
        }
    }
}
