/// What the encoder knows of a field's name before it sees its value.
struct HPACKName {
    /// In lower case.
    let bytes: UnsafeRawBufferPointer
    let hash: UInt64
    /// Tells names that are known beforehand apart; 0 for every other name.
    let key: UInt8
    /// Where HPACK's static table has it (RFC 7541 appendix A); 0 when it does not.
    let staticIndex: UInt8
    let indexing: HPACKEncoder.Indexing

    /// A name that only its bytes tell.
    init(spelled bytes: UnsafeRawBufferPointer) {
        self.init(bytes, key: 0, staticIndex: 0, .field)
    }

    init(
        _ bytes: UnsafeRawBufferPointer, key: UInt8, staticIndex: UInt8,
        _ indexing: HPACKEncoder.Indexing
    ) {
        self.bytes = bytes
        hash = HPACKEncoder.hash(bytes, 0)
        self.key = key
        self.staticIndex = staticIndex
        self.indexing = indexing
    }
}
