internal import Bytes

/// Spells heads in the place of those that nghttp2 was given, and frames them as it would have.
struct H2HeadFrames: ~Copyable {
    private var encoder: HPACKEncoder
    private let names = HPACKNames.shared
    /// The frame's header as nghttp2 wrote it.
    static let headerBytes = 9
    /// What every peer takes (RFC 9113 §4.2).
    private static let payloadMax = 16_384
    private static let endHeaders: UInt8 = 4
    private static let headers: UInt8 = 1
    private static let continuation: UInt8 = 9

    init(_ memory: H2Memory) { encoder = HPACKEncoder(memory) }

    /// Whether these bytes are a frame of nghttp2's whose fields are to be replaced.
    static func isHead(_ frame: UnsafeRawBufferPointer) -> Bool {
        frame.count >= headerBytes && frame[3] == headers
    }

    static func stream(of frame: UnsafeRawBufferPointer) -> Int32 {
        let number =
            UInt32(frame[5]) << 24 | UInt32(frame[6]) << 16 | UInt32(frame[7]) << 8
            | UInt32(frame[8])
        return Int32(truncatingIfNeeded: number & 0x7FFF_FFFF)
    }

    /// The most that a head takes with its frames.
    static func byteCountMax(_ head: H2OutgoingHeads.HeadPointer) -> Int {
        let section = head.pointee.byteCountMax
        return section &+ (section / payloadMax &+ 1) &* headerBytes
    }

    mutating func limitTable(to size: Int) { encoder.limitTable(to: size) }

    /// Writes the head with the header of `frame`. Returns how many bytes that are.
    mutating func write(
        _ head: H2OutgoingHeads.HeadPointer, _ frame: UnsafeRawBufferPointer,
        to output: UnsafeMutableRawPointer
    ) -> Int {
        encoder.begin(at: output + Self.headerBytes)
        let text = H2OutgoingHeads.text(of: head)
        for field in H2OutgoingHeads.fields(of: head) { add(field, of: head, text) }
        let count = encoder.finish()
        let flags = frame[4]
        guard count > Self.payloadMax else {
            Self.header(Self.headers, flags, count, frame, output)
            return Self.headerBytes &+ count
        }
        return Self.split(count, flags, frame, output)
    }

    // MARK: frames

    private static func header(
        _ kind: UInt8, _ flags: UInt8, _ count: Int, _ frame: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawPointer
    ) {
        let length = UInt64(truncatingIfNeeded: count)
        output.storeBytes(of: UInt8(truncatingIfNeeded: length &>> 16), as: UInt8.self)
        output.storeBytes(
            of: UInt8(truncatingIfNeeded: length &>> 8), toByteOffset: 1, as: UInt8.self)
        output.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: 2, as: UInt8.self)
        output.storeBytes(of: kind, toByteOffset: 3, as: UInt8.self)
        output.storeBytes(of: flags, toByteOffset: 4, as: UInt8.self)
        for index in 5..<headerBytes {
            output.storeBytes(of: frame[index], toByteOffset: index, as: UInt8.self)
        }
    }

    /// Makes room for the headers of CONTINUATION frames, from the last one on.
    private static func split(
        _ count: Int, _ flags: UInt8, _ frame: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawPointer
    ) -> Int {
        let frames = (count &+ payloadMax &- 1) / payloadMax
        for index in (0..<frames).reversed() {
            let start = index &* payloadMax
            let length = min(payloadMax, count &- start)
            let place = output + index * (headerBytes + payloadMax)
            if index > 0 {
                (place + headerBytes).copyMemory(
                    from: output + headerBytes + start, byteCount: length)
            }
            let isLast = index == frames &- 1
            let kept = index == 0 ? flags & ~endHeaders : 0
            header(
                index == 0 ? headers : continuation, isLast ? kept | endHeaders : kept, length,
                frame, place)
        }
        return count &+ frames &* headerBytes
    }

    // MARK: fields

    private mutating func add(
        _ field: H2OutgoingField, of head: H2OutgoingHeads.HeadPointer,
        _ text: UnsafeRawBufferPointer
    ) {
        let value = field.valueRange.slice(of: text)
        switch field.kind {
        case .regular: addRegular(field, of: head, text, value)
        case .method:
            addMethod(value, opensWebSocket: head.pointee.opensWebSocket)
        case .schemeHTTP: encoder.add(index: HPACKNames.index(isSecure: false))
        case .schemeHTTPS: encoder.add(index: HPACKNames.index(isSecure: true))
        case .path:
            // Paths differ from each other more than anything else, and a query may be a
            // credential's place.
            let isPrivate = value.contains(UInt8(ascii: "?"))
            add(.path, HPACKNames.index(ofPath: value), value, isPrivate ? .never : .name)
        case .authority:
            guard !value.isEmpty else { return }
            add(.authority, nil, value)
        case .status: add(.status, HPACKNames.index(ofStatus: value), value)
        }
    }

    private mutating func addRegular(
        _ field: H2OutgoingField, of head: H2OutgoingHeads.HeadPointer,
        _ text: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        guard field.name == .other else {
            // Nobody asks for the digest of a key over HTTP/2 (RFC 8441 §5).
            if field.name == .secWebSocketKey, head.pointee.opensWebSocket { return }
            return add(names[field.name], value, of: head)
        }
        let spelling = field.nameRange.slice(of: text)
        Self.fold(spelling)
        var name = HPACKName(spelled: spelling)
        withUnsafePointer(to: &name) { add($0, value, of: head) }
    }

    private mutating func add(
        _ name: HPACKNamePointer, _ value: UnsafeRawBufferPointer,
        of head: H2OutgoingHeads.HeadPointer
    ) {
        encoder.add(
            name, value,
            head.pointee.isRequest ? name.pointee.requestIndexing : name.pointee.indexing)
    }

    /// Names are in lower case (RFC 9113 §8.2).
    private static func fold(_ name: UnsafeRawBufferPointer) {
        let bytes = UnsafeMutableRawBufferPointer(mutating: name)
        for index in bytes.indices { bytes[index] = ASCII.lowercased(bytes[index]) }
    }

    private mutating func addMethod(
        _ method: UnsafeRawBufferPointer, opensWebSocket: Bool
    ) {
        guard opensWebSocket else {
            return add(.method, HPACKNames.index(ofMethod: method), method)
        }
        add(.method, "CONNECT")
        add(.protocol, "websocket")
    }

    private mutating func add(_ name: HPACKNames.Pseudo, _ value: StaticString) {
        add(
            name, nil,
            UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// - Parameter index: where the static table has name and value.
    private mutating func add(
        _ name: HPACKNames.Pseudo, _ index: Int?, _ value: UnsafeRawBufferPointer,
        _ indexing: HPACKEncoder.Indexing = .field
    ) {
        if let index { return encoder.add(index: index) }
        encoder.add(names[name], value, indexing)
    }
}
