internal import HTTP

/// Response heads: a method's first letter, then bytes. Cutting them anywhere changes nothing, and
/// what has no content is never framed as if it had.
enum ResponseTarget {
    static let target = FuzzTarget("response", bytesMax: 1024) { bytes throws(Finding) in
        let isHead = bytes.first == UInt8(ascii: "H")
        let bytes = Array(bytes.dropFirst())
        let request = ResponseHead.Request(method: isHead ? .head : .get)
        var head = ResponseHead()
        let whole = Reading(&head, bytes, request)
        try checkCuts(bytes, whole, request)
        guard case .complete = whole else { return }
        try Finding.unless((100...999).contains(head.status), "status \(head.status)")
        if isHead || head.status == 204 || head.status == 304 || head.isInformational {
            try Finding.unless(head.framing == .none, "content where none can be")
        }
    }

    private enum Reading: Equatable {
        case more
        case complete(Int)
        case refused

        init(
            _ head: inout ResponseHead, _ bytes: [UInt8], _ request: ResponseHead.Request,
            scanned: Int = 0
        ) {
            self = bytes.withUnsafeBytes { raw in
                do throws(HeadError) {
                    let end = try head.parse(raw, answering: request, scanned: scanned)
                    return end.map(Reading.complete) ?? .more
                } catch {
                    return .refused
                }
            }
        }
    }

    private static func checkCuts(
        _ bytes: [UInt8], _ whole: Reading, _ request: ResponseHead.Request
    ) throws(Finding) {
        var head = ResponseHead()
        var scanned = 0
        for cut in 0...bytes.count {
            let part = Reading(&head, Array(bytes[..<cut]), request, scanned: scanned)
            scanned = cut
            if case .complete(let end) = whole, part == .more {
                try Finding.unless(cut < end, "the end at \(end) is not seen at \(cut)")
            }
            guard part != .more else { continue }
            try Finding.unless(part == whole, "\(part) at \(cut), \(whole) as a whole")
            return
        }
    }
}
