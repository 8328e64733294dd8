/// The names of HPACK's static table (RFC 7541 appendix A), by the numbers that this program knows
/// them by.
struct HPACKStaticTable: @unchecked Sendable {
    // Sendable: written once, before `shared` is visible to anyone.
    static let shared = HPACKStaticTable()

    /// How many entries it has: those of the dynamic table are numbered from here on.
    static let count = 61

    static let authority = 1
    static let methodGet = 2
    static let methodPost = 3
    static let path = 4
    static let schemeHTTP = 6
    static let schemeHTTPS = 7
    static let status200 = 8

    private let indices: UnsafeMutablePointer<UInt8>

    private init() {
        indices = .allocate(capacity: FieldName.allCases.count)
        indices.initialize(repeating: 0, count: FieldName.allCases.count)
        for (offset, name) in Self.names.enumerated() {
            indices[name.ordinal] = UInt8(Self.firstName + offset)
        }
    }

    /// Where the name stands; 0 when it does not.
    func index(of name: FieldName) -> Int { Int(indices[name.ordinal]) }

    /// Where the pseudo-header field `:status` stands with this value; nil when it does not.
    static func index(ofStatus status: Int) -> Int? {
        switch status {
        case 200: 8
        case 204: 9
        case 206: 10
        case 304: 11
        case 400: 12
        case 404: 13
        case 500: 14
        default: nil
        }
    }

    /// The entries from `accept-charset` on; those whose names nobody here asks for are `other`.
    private static let firstName = 15
    private static let names: [FieldName] = [
        .acceptCharset, .acceptEncoding, .acceptLanguage, .acceptRanges, .accept, .other, .age,
        .allow, .authorization, .cacheControl, .contentDisposition, .contentEncoding,
        .contentLanguage, .contentLength, .contentLocation, .contentRange, .contentType, .cookie,
        .date, .etag, .expect, .expires, .from, .host, .ifMatch, .ifModifiedSince, .ifNoneMatch,
        .ifRange, .ifUnmodifiedSince, .lastModified, .link, .location, .maxForwards,
        .proxyAuthenticate, .proxyAuthorization, .range, .referer, .other, .retryAfter, .server,
        .setCookie, .strictTransportSecurity, .transferEncoding, .userAgent, .vary, .via,
        .wwwAuthenticate,
    ]
}
