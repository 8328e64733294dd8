internal import Identity

/// The sandbox that a request comes from.
struct Sandbox {
    /// In the request's head.
    let id: UnsafeRawBufferPointer
    let digest: NameDigest
    /// What its token says; empty when nothing says it.
    let tier: UnsafeRawBufferPointer
}
