internal import HTTP
internal import IO

/// The value of `Date`, written once a second.
struct DateField {
    private var second: UInt64 = 0
    private var text: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Brings the text up to date.
    mutating func refresh(wallNanoseconds: UInt64) {
        let now = wallNanoseconds / 1_000_000_000
        guard now != second else { return }
        second = now
        withUnsafeMutableBytes(of: &text) {
            HTTPDate.write(unixSeconds: Int64(truncatingIfNeeded: now), to: $0)
        }
    }

    func withText<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withUnsafeBytes(of: text) {
            body(UnsafeRawBufferPointer(rebasing: $0[..<HTTPDate.byteCount]))
        }
    }
}
