/// The fields of one head, in order of arrival; memory that a worker uses again for every message.
public struct FieldTable: ~Copyable {
    /// The most fields that fit.
    public let capacity: Int
    public private(set) var count = 0
    /// The known names that occur.
    public private(set) var present = FieldNameSet()
    /// The known names that occur on more than one line.
    public private(set) var repeated = FieldNameSet()
    /// Where the section ends: the offset of the empty line.
    public internal(set) var endOffset = 0

    // Kept here so that a head does not ask for the process-wide tables again and again.
    let classes = ByteClass.shared.table
    let names = FieldNameTable.shared
    let expected = ExpectedNames()

    private let fields: UnsafeMutablePointer<Field>
    private let firstIndex: UnsafeMutablePointer<UInt16>

    /// Memory for `capacity` fields, at most 65,535.
    public init(capacity: Int) {
        self.capacity = min(max(capacity, 1), Int(UInt16.max))
        fields = .allocate(capacity: self.capacity)
        firstIndex = .allocate(capacity: 128)
        firstIndex.initialize(repeating: 0, count: 128)
    }

    deinit {
        fields.deallocate()
        firstIndex.deallocate()
        expected.deallocate()
    }

    public subscript(index: Int) -> Field {
        precondition(index >= 0 && index < count)
        return fields[index]
    }

    /// The first line of a known name.
    public func first(_ name: FieldName) -> Field? {
        guard present.contains(name) else { return nil }
        return fields[Int(firstIndex[name.ordinal])]
    }

    /// The value of a field that must appear once at most.
    public func single(_ name: FieldName) -> FieldLookup {
        guard let field = first(name) else { return .absent }
        if repeated.contains(name) { return .repeated }
        return field.isNominated ? .nominated : .one(field.valueRange)
    }

    /// Whether there is a field of this name, in any case, that `Connection` does not name.
    public func has(_ name: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<count
        where !self[index].isNominated
            && self[index].nameRange.slice(of: bytes).equalsFolded(name)
        { return true }
        return false
    }

    /// The first line whose name is spelled so, for names that are not known by number.
    /// `name` is in lower case.
    public func first(spelled name: StaticString, in bytes: UnsafeRawBufferPointer) -> Field? {
        for index in 0..<count {
            let field = fields[index]
            if field.nameRange.slice(of: bytes).equalsFolded(name) { return field }
        }
        return nil
    }

    /// Has every line of that name stay here, as if `Connection` named it.
    public mutating func drop(
        _ name: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer
    ) {
        nominate(name, in: bytes)
    }

    /// The same for a name that is known beforehand, in lower case.
    mutating func drop(_ name: StaticString, in bytes: UnsafeRawBufferPointer) {
        let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        nominate(name, in: bytes)
    }

    /// The same by its number.
    public mutating func drop(_ name: FieldName, in bytes: UnsafeRawBufferPointer) {
        nominate(name.spelling, in: bytes)
    }

    mutating func removeAll() {
        count = 0
        present = FieldNameSet()
        repeated = FieldNameSet()
        endOffset = 0
    }

    /// False when the table is full.
    @inline(__always)
    mutating func append(_ field: Field) -> Bool {
        guard count < capacity else { return false }
        (fields + count).initialize(to: field)
        if field.name != .other {
            if present.contains(field.name) {
                repeated.insert(field.name)
            } else {
                present.insert(field.name)
                firstIndex[field.name.ordinal] = UInt16(truncatingIfNeeded: count)
            }
        }
        count &+= 1
        return true
    }

    /// Marks every line of that name as one that ends at this hop.
    mutating func nominate(_ option: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) {
        let name = names.name(of: option)
        if name != .other {
            guard present.contains(name), !FieldNameSet.neverNominated.contains(name) else {
                return
            }
            for index in 0..<count where fields[index].name == name {
                fields[index].isNominated = true
            }
            return
        }
        for index in 0..<count where fields[index].name == .other {
            if fields[index].nameRange.slice(of: bytes).equalsFolded(option) {
                fields[index].isNominated = true
            }
        }
    }
}
