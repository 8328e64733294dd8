internal import CYAML

/// Reads the first document of a YAML 1.1/1.2 stream into nodes, by libyaml's events.
///
/// Depth, size and the number of nodes after aliases are resolved are bounded, so that nested
/// aliases cannot multiply ("billion laughs").
public struct YAMLReader: ~Copyable {
    public struct Limits: Sendable, Equatable {
        public var bytesMax: Int
        public var depthMax: Int
        /// Counted after aliases are resolved.
        public var nodesMax: Int

        public init(bytesMax: Int = 64 << 20, depthMax: Int = 256, nodesMax: Int = 10_000_000) {
            self.bytesMax = bytesMax
            self.depthMax = depthMax
            self.nodesMax = nodesMax
        }
    }

    /// A node with what it costs to repeat it.
    private struct Measured {
        let node: YAMLNode
        var nodes = 1
        var depth = 1
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private let limits: Limits
    private var anchors: [String: Measured] = [:]
    private var openAnchors: Set<String> = []
    private var nodes = 0

    private init(limits: Limits) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        event.initialize(to: yaml_event_t())
        self.limits = limits
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(mark: YAMLMark(line: 1, column: 1), reason: "out of memory")
        }
    }

    deinit {
        yaml_event_delete(event)
        yaml_parser_delete(parser)
        event.deallocate()
        parser.deallocate()
    }

    /// The first document of `bytes`.
    public static func read(
        _ bytes: [UInt8], limits: Limits = Limits()
    ) throws(YAMLError) -> YAMLDocument {
        let start = YAMLMark(line: 1, column: 1)
        guard bytes.count <= limits.bytesMax else {
            throw YAMLError(mark: start, reason: "more than \(limits.bytesMax) bytes")
        }
        return try bytes.withUnsafeBufferPointer { (source) throws(YAMLError) in
            var reader = try YAMLReader(limits: limits)
            yaml_parser_set_input_string(reader.parser, source.baseAddress, source.count)
            return try reader.document()
        }
    }

    private mutating func document() throws(YAMLError) -> YAMLDocument {
        try next()
        try next()
        guard event.pointee.type == YAML_DOCUMENT_START_EVENT else {
            return YAMLDocument(root: nil, nextDocument: nil)
        }
        try next()
        let root = try node(depth: 1).node
        try next()
        try next()
        let isLast = event.pointee.type == YAML_STREAM_END_EVENT
        return YAMLDocument(root: root, nextDocument: isLast ? nil : mark)
    }

    private var mark: YAMLMark { Self.mark(event.pointee.start_mark) }

    private static func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private mutating func next() throws(YAMLError) {
        yaml_event_delete(event)
        guard yaml_parser_parse(parser, event) == 1 else {
            let problem = parser.pointee.problem.map { String(cString: $0) }
            let context = parser.pointee.context.map { String(cString: $0) + ": " }
            let isReader = parser.pointee.error == YAML_READER_ERROR
            throw YAMLError(
                mark: Self.mark(isReader ? parser.pointee.mark : parser.pointee.problem_mark),
                reason: (context ?? "") + (problem ?? "malformed"))
        }
    }

    /// The node that begins at the current event, read to its last event.
    private mutating func node(depth: Int) throws(YAMLError) -> Measured {
        guard depth <= limits.depthMax else {
            throw YAMLError(mark: mark, reason: "nested deeper than \(limits.depthMax) levels")
        }
        try count(1)
        switch event.pointee.type {
        case YAML_ALIAS_EVENT: return try alias(depth: depth)
        case YAML_SCALAR_EVENT: return scalar()
        case YAML_SEQUENCE_START_EVENT: return try sequence(depth: depth)
        case YAML_MAPPING_START_EVENT: return try mapping(depth: depth)
        default: throw YAMLError(mark: mark, reason: "unexpected end of the document")
        }
    }

    private mutating func count(_ more: Int) throws(YAMLError) {
        nodes += more
        guard nodes <= limits.nodesMax else {
            throw YAMLError(mark: mark, reason: "more than \(limits.nodesMax) nodes")
        }
    }

    private mutating func alias(depth: Int) throws(YAMLError) -> Measured {
        let name = Self.string(event.pointee.data.alias.anchor) ?? ""
        if openAnchors.contains(name) {
            throw YAMLError(mark: mark, reason: "anchor '\(name)' value contains itself")
        }
        guard let target = anchors[name] else {
            throw YAMLError(mark: mark, reason: "unknown anchor '\(name)' referenced")
        }
        guard depth + target.depth - 1 <= limits.depthMax else {
            throw YAMLError(mark: mark, reason: "nested deeper than \(limits.depthMax) levels")
        }
        try count(target.nodes - 1)
        return target
    }

    private mutating func scalar() -> Measured {
        let data = event.pointee.data.scalar
        let text = data.value.map { start in
            String(decoding: UnsafeBufferPointer(start: start, count: data.length), as: UTF8.self)
        }
        let isPlain = data.style == YAML_PLAIN_SCALAR_STYLE && data.plain_implicit == 1
        let scalar = YAMLScalar(text: text ?? "", isPlain: isPlain, tag: Self.tag(data.tag))
        let measured = Measured(node: YAMLNode(content: .scalar(scalar), mark: mark))
        define(Self.string(data.anchor), measured)
        return measured
    }

    private mutating func sequence(depth: Int) throws(YAMLError) -> Measured {
        let start = mark
        let anchor = open(event.pointee.data.sequence_start.anchor)
        var items: [YAMLNode] = []
        var size = (nodes: 1, depth: 1)
        try next()
        while event.pointee.type != YAML_SEQUENCE_END_EVENT {
            let item = try node(depth: depth + 1)
            items.append(item.node)
            size = (size.nodes + item.nodes, max(size.depth, item.depth + 1))
            try next()
        }
        let node = YAMLNode(content: .sequence(items), mark: start)
        let measured = Measured(node: node, nodes: size.nodes, depth: size.depth)
        define(anchor, measured)
        return measured
    }

    private mutating func mapping(depth: Int) throws(YAMLError) -> Measured {
        let start = mark
        let anchor = open(event.pointee.data.mapping_start.anchor)
        var pairs: [YAMLPair] = []
        var size = (nodes: 1, depth: 1)
        try next()
        while event.pointee.type != YAML_MAPPING_END_EVENT {
            let key = try node(depth: depth + 1)
            try next()
            let value = try node(depth: depth + 1)
            pairs.append(YAMLPair(key: key.node, value: value.node))
            size.nodes += key.nodes + value.nodes
            size.depth = max(size.depth, key.depth + 1, value.depth + 1)
            try next()
        }
        let node = YAMLNode(content: .mapping(pairs), mark: start)
        let measured = Measured(node: node, nodes: size.nodes, depth: size.depth)
        define(anchor, measured)
        return measured
    }

    private mutating func open(_ anchor: UnsafeMutablePointer<UInt8>?) -> String? {
        guard let name = Self.string(anchor) else { return nil }
        openAnchors.insert(name)
        return name
    }

    private mutating func define(_ anchor: String?, _ measured: Measured) {
        guard let anchor else { return }
        openAnchors.remove(anchor)
        anchors[anchor] = measured
    }

    private static func string(_ text: UnsafeMutablePointer<UInt8>?) -> String? {
        text.map { String(cString: $0) }
    }

    private static func tag(_ text: UnsafeMutablePointer<UInt8>?) -> String? {
        guard let tag = string(text) else { return nil }
        let long = "tag:yaml.org,2002:"
        return tag.hasPrefix(long) ? "!!" + tag.dropFirst(long.count) : tag
    }
}
