public import Bytes

/// An immutable document that any number of evaluators share.
public final class FrozenData: @unchecked Sendable {
    // Sendable: everything here is written by one `Freezer` before `seal` and only read afterwards;
    // string hashes, the one thing that reading could fill in, are computed when interned.
    private let storage: ArenaStorage
    private let strings: InternTable
    /// What this document shares values with.
    private let parent: FrozenData?

    /// The document; valid as long as this object or one that extends it is.
    public let root: Value
    /// Bytes of memory that the document's own values take.
    public let bytesUsed: Int

    fileprivate init(
        _ storage: consuming ArenaStorage, _ strings: consuming InternTable,
        parent: FrozenData?, root: Value
    ) {
        bytesUsed = storage.arena.bytesUsed
        self.storage = storage
        self.strings = strings
        self.parent = parent
        self.root = root
    }

    /// The interned string with these bytes, or undefined when no document of the chain has it.
    public func internedString(_ bytes: UnsafeRawBufferPointer) -> Value {
        let own = strings.find(bytes)
        if own.isDefined { return own }
        return parent?.internedString(bytes) ?? .undefined
    }

    /// How many documents stand behind this one.
    public var chainLength: Int { (parent?.chainLength ?? 0) + 1 }

    /// An empty object.
    public static let empty = Freezer().seal(root: .emptyObject)

    /// The document of a JSON text.
    public static func json(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> FrozenData {
        let freezer = Freezer()
        let root = try freezer.json(bytes)
        return freezer.seal(root: root)
    }
}

/// Builds frozen documents: interns strings, shares key tables, indexes large objects.
///
/// Values that one freezer (or the data it extends) made can be put together freely.
public final class Freezer {
    private var storage: ArenaStorage?
    private let scratch = ArenaStorage(bytesMax: .max)
    private let parent: FrozenData?
    private var sink: FrozenSink

    /// - Parameter parent: a document whose values and strings the new one may share.
    public init(extending parent: FrozenData? = nil) {
        let storage = ArenaStorage(
            chunkBytes: parent == nil ? 64 << 10 : 4 << 10, bytesMax: .max)
        sink = FrozenSink(arena: storage.arena, parent: parent)
        self.storage = consume storage
        self.parent = parent
    }

    /// The value of a JSON document.
    public func json(
        _ bytes: UnsafeRawBufferPointer, depthLimit: Int = 512
    ) throws(JSONError) -> Value {
        defer { scratch.reset() }
        var loader = JSONLoader(bytes, depthLimit: depthLimit, scratch: scratch.arena)
        return try loader.load(into: &sink)
    }

    public func string(_ text: String) -> Value {
        var text = text
        return text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    public func string(_ bytes: UnsafeRawBufferPointer) -> Value { sink.interned(bytes) }

    public func number(_ text: UnsafeRawBufferPointer) -> Value { sink.number(text) }

    /// An array of values of this freezer.
    public func array(_ elements: [Value]) -> Value {
        elements.withUnsafeBufferPointer { sink.array($0) }
    }

    /// An object of values of this freezer; of equal keys the last counts.
    public func object(_ members: [(key: Value, value: Value)]) -> Value {
        var pairs = members.flatMap { [$0.key, $0.value] }
        return pairs.withUnsafeMutableBufferPointer { sink.object($0) }
    }

    /// A set of values of this freezer.
    public func set(_ members: [Value]) -> Value { sink.set(members) }

    /// Frozen memory for what belongs to the document but is no value.
    func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        sink.arena.allocate(bytes: count).assumingMemoryBound(to: UInt8.self)
    }

    /// A deep copy of any value.
    public func copy(_ value: Value) -> Value {
        switch value.kind {
        case .undefined, .null, .boolean: value
        case .number: value.has(.integer) ? value : value.withNumberText { sink.number($0) }
        case .string: sink.interned(value.stringBytes)
        case .array: array(value.array.buffer.map(copy))
        case .set: sink.set(value.set.buffer.map(copy))
        case .object:
            object(
                (0..<value.object.count).map {
                    (copy(value.object.key(at: $0)), copy(value.object.value(at: $0)))
                })
        }
    }

    /// The finished document. The freezer is empty afterwards.
    public func seal(root: Value) -> FrozenData {
        let finished = storage.take() ?? ArenaStorage(bytesMax: .max)
        let strings = sink.takeStrings()
        return FrozenData(finished, strings, parent: parent, root: root)
    }
}
