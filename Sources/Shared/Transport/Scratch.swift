internal import Bytes
internal import HTTP

/// Memory that a worker uses for one message at a time. What must outlive an event is copied out.
final class Scratch {
    var request: RequestHead
    var response: ResponseHead
    let reply = Reply()
    /// Heads and re-framed content on their way out.
    let out: UnsafeMutableRawBufferPointer
    /// Content gathered for a decision.
    let content: UnsafeMutableRawBufferPointer
    var date = DateField()
    /// Drops what no head carries on.
    let noFilter = FieldFilter()
    var trailers: FieldTable
    /// Who calls, from where and on whose behalf is said by heads alone.
    let trailerFilter = FieldFilter(
        names: .forbiddenInTrailers,
        prefixes: ["x-sandbox-", "x-authz-", "x-forwarded-", "x-agentd-", "x-envoy-", "proxy-"])

    /// The most content that a handler may ask for before it decides.
    static let contentBytesMax = 1 << 20
    /// A head with what handlers add, and all the content that may stand behind it unread, with its
    /// framing. Memory that no message needs is never touched, and so costs nothing.
    static let outBytes = 4 << 20

    init(fieldsMax: Int) {
        request = RequestHead(fieldsMax: fieldsMax)
        response = ResponseHead(fieldsMax: max(fieldsMax, 200))
        trailers = FieldTable(capacity: fieldsMax)
        out = .allocate(byteCount: Self.outBytes, alignment: 64)
        content = .allocate(byteCount: Self.contentBytesMax, alignment: 64)
    }

    deinit {
        out.deallocate()
        content.deallocate()
    }

    /// The first `count` bytes of `out`.
    func written(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: out.baseAddress, count: count)
    }
}
