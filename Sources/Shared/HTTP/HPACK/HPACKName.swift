/// What the encoder knows of a field's name before it sees its value.
struct HPACKName {
    /// In lower case.
    let bytes: UnsafeRawBufferPointer
    let hash: UInt64
    /// Tells names that are known beforehand apart; 0 for every other name.
    let key: UInt8
    /// Where HPACK's static table has it (RFC 7541 appendix A); 0 when it does not.
    let staticIndex: UInt8
    /// What the peer's table is to have of it in a response.
    let indexing: HPACKEncoder.Indexing
    /// The same in a request, whose credential may have any name that its service wants.
    let requestIndexing: HPACKEncoder.Indexing

    /// A name that only its bytes tell.
    init(spelled bytes: UnsafeRawBufferPointer) {
        self.init(bytes, key: 0, staticIndex: 0, .field, inRequests: .never)
    }

    init(
        _ bytes: UnsafeRawBufferPointer, key: UInt8, staticIndex: UInt8,
        _ indexing: HPACKEncoder.Indexing, inRequests requestIndexing: HPACKEncoder.Indexing
    ) {
        self.bytes = bytes
        hash = HPACKEncoder.hash(bytes, 0)
        self.key = key
        self.staticIndex = staticIndex
        self.indexing = indexing
        self.requestIndexing = requestIndexing
    }
}

typealias HPACKNamePointer = UnsafePointer<HPACKName>
