/// A compiled policy: code and constants, without any data. Immutable, shared by all workers.
public final class Program: Sendable {
    let code: [Instruction]
    let functions: [Function]
    let constants: [Constant]
    let paths: [Int32]
    let builtinNames: [String]
    let symbols: SymbolTable
    let overrideSlots: Int
    /// What a tracer must know; nil when the program cannot be traced.
    let tracePlan: TracePlan?
    private let places: [UInt32]
    private let locations: [SourceLocation]
    let fileNames: [String]
    private let entries: [String: Int]

    /// The solutions of the query: an array with, for each, an array of an object (the bindings
    /// by name) and an array (the values of the query's expressions).
    public let queryEntryPoint: EntryPoint?
    /// What of the input the program can read.
    public let inputUsage: InputUsage

    /// The variable that a query's value is bound to where nobody asked for one: traces show it as
    /// OPA shows its own.
    public static let captureName = "value_of_the_query"

    /// It was planned with `TraceOptions`.
    public var isTraceable: Bool { tracePlan != nil }

    /// How one function is entered.
    struct Function: BitwiseCopyable, Sendable {
        let start: Int32
        let registerCount: Int32
        let argumentCount: Int32
        let memory: FunctionMemory
    }

    /// Plans the documents at `entryPoints`, such as `data.agentd.gateway.authz`, and whatever
    /// they need.
    ///
    /// - Parameters:
    ///   - fileNames: of the sources, for error messages.
    ///   - query: compiled against the modules; its entry point is `queryEntryPoint`.
    ///   - tracing: makes a program for a `Tracer`; it is slower, traced or not.
    public init(
        _ modules: CompiledModules, entryPoints: [String], query: CompiledQuery? = nil,
        fileNames: [String] = [], tracing: TraceOptions? = nil
    ) throws(RegoError) {
        let symbols = query?.symbols ?? modules.symbols
        let names = query?.originalNames ?? modules.originalNames
        let trace = tracing.map { TracePlanner($0, originalNames: names) }
        let planner = Planner(modules, symbols: symbols, query: query?.body ?? [], trace: trace)
        var entries: [String: Int] = [:]
        for name in entryPoints { entries[name] = try planner.plan(entryPoint: name) }
        queryEntryPoint =
            if let query { EntryPoint(function: try planner.plan(query: query)) } else { nil }
        try planner.planAll()
        self.entries = entries
        self.fileNames = fileNames
        self.symbols = symbols
        constants = planner.constants
        paths = planner.paths
        builtinNames = planner.builtins.names
        overrideSlots = planner.overrides.slotCount
        inputUsage = planner.usage
        tracePlan = trace?.plan
        var code: [Instruction] = []
        var functions: [Function] = []
        var places: [UInt32] = []
        var locations: [SourceLocation] = []
        for (function, memory) in zip(planner.functions, planner.memories()) {
            functions.append(
                Function(
                    start: Int32(code.count), registerCount: function.code.registerCount,
                    argumentCount: Int32(function.argumentCount),
                    memory: memory))
            let firstLocation = UInt32(locations.count)
            code += function.code.resolved(base: Int32(code.count))
            places += function.code.places.map { $0 + firstLocation }
            locations += function.code.locations
        }
        self.code = code
        self.functions = functions
        self.places = places
        self.locations = locations
    }

    /// The entry point of a document or query that the program was made for.
    public func entryPoint(_ name: String) -> EntryPoint? {
        entries[name].map { EntryPoint(function: $0) }
    }

    /// Names of all entry points.
    public var entryPointNames: [String] { entries.keys.sorted() }

    func error(_ failure: MachineFailure, at position: Int) -> EvaluationError {
        let location = locations[Int(places[position])]
        let file = Int(location.file) < fileNames.count ? fileNames[Int(location.file)] : ""
        var (code, message) = failure.codeAndMessage
        if case .builtin(let number, let error) = failure {
            if case .budget = error {} else { message = "\(builtinNames[number]): \(message)" }
        }
        return EvaluationError(code: code, message: message, file: file, location: location)
    }
}

/// What to evaluate, found once by name.
public struct EntryPoint: BitwiseCopyable, Sendable {
    let function: Int
}
