/// One path, as it is forwarded and as it is matched.
///
/// Both point into the path given or into the normalizer, and hold until either changes.
public struct NormalizedPath {
    /// RFC 3986 §6.2.2 applied, slashes merged: what goes upstream, whatever came in.
    public let forwarded: UnsafeRawBufferPointer
    /// What the most tolerant reader upstream may take it for: `forwarded` without the parameters
    /// of segments (`;x=y`) and without dots and spaces at their ends. Policy sees this one.
    public let matched: UnsafeRawBufferPointer

    public init(forwarded: UnsafeRawBufferPointer, matched: UnsafeRawBufferPointer) {
        self.forwarded = forwarded
        self.matched = matched
    }
}
