/// A program linked to data: everything that is fixed between two activations.
///
/// Constants are values of the data's own arena or of one that extends it, so that a string of the
/// policy and the same string of the data are the same eight bytes.
public final class Snapshot: @unchecked Sendable {
    // Sendable: written in `init` only; the tables behind the pointers are never changed after it.
    public let program: Program
    public let data: FrozenData
    private let own: FrozenData
    let constants: UnsafeMutablePointer<Value>
    let pathKeys: UnsafeMutablePointer<Value>
    /// Entries, not functions alone: a function in generic storage is called through two thunks.
    let builtins: UnsafeMutablePointer<BuiltinEntry>
    let code: UnsafeMutablePointer<Instruction>
    let functions: UnsafeMutablePointer<Program.Function>
    private let indexes: [CollectionIndex]

    /// - Parameter builtins: implementations that come before those of `BuiltinRegistry`.
    public init(
        _ program: Program, data: FrozenData = .empty, builtins: [String: BuiltinFunction] = [:]
    ) {
        self.program = program
        self.data = data
        var linker = Linker(program, data)
        let values = program.constants.map { linker.value($0) }
        indexes = linker.indexes
        own = linker.seal()
        constants = Self.copy(values)
        pathKeys = Self.copy(program.paths.map { values[Int($0)] })
        code = Self.copy(program.code)
        self.functions = Self.copy(program.functions)
        var entries: [BuiltinEntry] = []
        for name in program.builtinNames {
            if let own = builtins[name] {
                entries.append(BuiltinEntry(name, own))
            } else if let known = BuiltinRegistry.entries[name] {
                entries.append(known)
            } else {
                entries.append(UnsupportedBuiltin.entry)
            }
        }
        self.builtins = Self.copy(entries)
    }

    deinit {
        constants.deallocate()
        pathKeys.deallocate()
        code.deallocate()
        functions.deallocate()
        builtins.deinitialize(count: program.builtinNames.count)
        builtins.deallocate()
    }

    /// The policy's strings, for a freezer of objects whose keys are compared with them.
    public var names: FrozenData { own }

    /// A string that input builders use as a key again and again: looking it up in the policy's
    /// own tables makes each access to it one compare. A key that neither policy nor data know is
    /// undefined.
    public func internedString(_ text: String) -> Value {
        var text = text
        return text.withUTF8 { own.internedString(UnsafeRawBufferPointer($0)) }
    }

    private static func copy<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        elements.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress {
                copy.initialize(from: start, count: buffer.count)
            }
        }
        return copy
    }
}
