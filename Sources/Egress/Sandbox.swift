internal import Identity

/// The sandbox that a request comes from.
struct Sandbox {
    /// In the request's head.
    let id: UnsafeRawBufferPointer
    let digest: NameDigest
}
