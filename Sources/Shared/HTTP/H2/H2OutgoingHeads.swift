/// Heads that nghttp2 was told of and has not framed: it decides when and in which order that is,
/// and only then HPACK can spell them.
struct H2OutgoingHeads: ~Copyable {
    /// Before the fields and the text of a head.
    struct Head: BitwiseCopyable {
        var next: HeadPointer?
        var stream: Int32 = 0
        var isRequest = false
        var opensWebSocket = false
        var fieldCount = 0
        var textCount = 0

        /// Room that its section surely has enough of.
        var byteCountMax: Int {
            textCount &+ fieldCount &* HPACKEncoder.fieldOverhead &+ HPACKEncoder.sectionOverhead
                &+ H2OutgoingHeads.webSocketBytes
        }
    }

    typealias HeadPointer = UnsafeMutablePointer<Head>

    private let memory: H2Memory
    private var first: HeadPointer?
    private var last: HeadPointer?

    private static let fieldsPlace = MemoryLayout<Head>.stride
    /// The fields of an extended CONNECT that its text does not have (RFC 8441 §4).
    private static let webSocketBytes = 64

    init(_ memory: H2Memory) { self.memory = memory }

    deinit {
        var rest = first
        while let head = rest {
            rest = head.pointee.next
            memory.give(head)
        }
    }

    /// A copy of the head that was read; nil without memory. To be appended or released.
    func make(_ block: borrowing H2FieldBlock) -> HeadPointer? {
        let fieldsBytes = block.count &* MemoryLayout<H2OutgoingField>.stride
        guard let base = memory.take(Self.fieldsPlace &+ fieldsBytes &+ block.text.count) else {
            return nil
        }
        let head = base.bindMemory(to: Head.self, capacity: 1)
        head.initialize(
            to: Head(
                isRequest: block.isRequest, opensWebSocket: block.opensWebSocket, fieldCount: block.count,
                textCount: block.text.count))
        (base + Self.fieldsPlace).copyMemory(from: block.fields, byteCount: fieldsBytes)
        if let text = block.text.baseAddress {
            (base + Self.fieldsPlace + fieldsBytes).copyMemory(
                from: text, byteCount: block.text.count)
        }
        return head
    }

    mutating func append(_ head: HeadPointer, for stream: Int32) {
        head.pointee.stream = stream
        if let last { last.pointee.next = head } else { first = head }
        last = head
    }

    /// Puts back what was taken last.
    mutating func prepend(_ head: HeadPointer) {
        head.pointee.next = first
        first = head
        if last == nil { last = head }
    }

    /// The next head of the stream, which is then the caller's.
    mutating func take(_ stream: Int32) -> HeadPointer? {
        var before: HeadPointer?
        var found = first
        while let head = found, head.pointee.stream != stream {
            before = head
            found = head.pointee.next
        }
        guard let head = found else { return nil }
        let next = head.pointee.next
        if let before { before.pointee.next = next } else { first = next }
        if next == nil { last = before }
        head.pointee.next = nil
        return head
    }

    func release(_ head: HeadPointer) { memory.give(head) }

    static func fields(of head: HeadPointer) -> UnsafeBufferPointer<H2OutgoingField> {
        let base = UnsafeRawPointer(head) + fieldsPlace
        return UnsafeBufferPointer(
            start: base.assumingMemoryBound(to: H2OutgoingField.self),
            count: head.pointee.fieldCount)
    }

    static func text(of head: HeadPointer) -> UnsafeRawBufferPointer {
        let fieldsBytes = head.pointee.fieldCount &* MemoryLayout<H2OutgoingField>.stride
        return UnsafeRawBufferPointer(
            start: UnsafeRawPointer(head) + fieldsPlace + fieldsBytes,
            count: head.pointee.textCount)
    }
}
