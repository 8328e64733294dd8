internal import HTTP

/// Content of a request that is kept until there is enough of it to decide. Each byte is looked at
/// once, however small the pieces are in which they come.
struct GatheredContent: BitwiseCopyable {
    /// How much is wanted.
    private(set) var wanted = 0
    private let headCount: Int
    private var decoder: BodyDecoder
    private var position: Int
    private var count = 0

    /// What stands around content may make it so much longer: chunks of a few bytes do.
    private static let overheadFactor = 4
    private static let overheadBytes = 16 << 10

    /// Nothing, of nothing.
    init() { self.init(wanted: 0, decoder: BodyDecoder(), headCount: 0) }

    /// - Parameter headCount: where the content begins in the bytes that it will be found in.
    init(wanted: Int, decoder: BodyDecoder, headCount: Int) {
        self.wanted = wanted
        self.decoder = decoder
        self.headCount = headCount
        position = headCount
    }

    /// Looks at what came since the last time. `bytes` begin with the head, each time.
    mutating func isEnough(
        _ bytes: UnsafeRawBufferPointer, isAll: Bool
    ) throws(BodyError) -> Bool {
        while count < wanted {
            switch try decoder.next(bytes, at: &position) {
            case .content(let range): count &+= range.count
            case .trailers: continue
            case .needMore:
                let limit = wanted &* Self.overheadFactor &+ Self.overheadBytes
                return isAll || bytes.count &- headCount > limit
            case .end: return true
            }
        }
        return true
    }
}
