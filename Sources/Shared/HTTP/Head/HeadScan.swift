internal import Bytes

/// Finds out cheaply whether a head that was incomplete before can be complete now, so that a
/// peer who sends byte by byte costs one look at each byte and not at all of them each time.
enum HeadScan {
    /// What to parse: at most as much as a head may have, and only when a head may end in it.
    static func input(
        _ bytes: UnsafeRawBufferPointer, scanned: Int, _ limits: HeadLimits
    ) -> Input? {
        let visible = UnsafeRawBufferPointer(
            start: bytes.baseAddress, count: min(bytes.count, max(limits.headBytesMax, 0)))
        let isWorthwhile =
            scanned <= 0 || mayBeComplete(visible, scanned: min(scanned, visible.count))
        return isWorthwhile ? Input(visible) : nil
    }

    /// Whether an empty line ends in `bytes` behind `scanned`, the bytes already looked at.
    /// An empty line with bare LF counts: the parser is to refuse it.
    private static func mayBeComplete(_ bytes: UnsafeRawBufferPointer, scanned: Int) -> Bool {
        var index = max(scanned - 2, 0)
        while index < bytes.count {
            guard bytes[index] == ASCII.lineFeed else {
                index &+= 1
                continue
            }
            let next = index &+ 1
            guard next < bytes.count else { return false }
            if bytes[next] == ASCII.lineFeed { return true }
            if bytes[next] == ASCII.carriageReturn, next &+ 1 < bytes.count,
                bytes[next &+ 1] == ASCII.lineFeed
            {
                return true
            }
            index = next
        }
        return false
    }
}
