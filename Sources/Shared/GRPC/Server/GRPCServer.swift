public import HTTP
public import IO
public import Transport

/// The methods that a process serves by gRPC, gRPC-Web and JSON, and what its workers' handlers
/// share.
public final class GRPCServer: Sendable {
    /// Looks at who calls, before anything is run: throws what the client is told.
    public typealias Admission = @Sendable (Metadata, SocketAddress) throws(Status) -> Void

    let methods: [String: ServiceMethod]
    let rules: [HTTPRule]
    let writeFault: FaultWriter?
    let limits: Limits
    let admit: Admission
    let pool: ThreadPool

    /// - Parameters:
    ///   - rules: what else than gRPC's own paths leads to methods.
    ///   - writeFault: what clients who come by a rule are told when they cannot be served; nil is
    ///     a google.rpc.Status.
    ///   - admit: is asked for every method that is not `open`.
    public init(
        methods: [ServiceMethod], rules: [HTTPRule] = [], limits: Limits = Limits(),
        writeFault: FaultWriter? = nil, admit: @escaping Admission
    ) {
        self.rules = rules
        self.writeFault = writeFault
        self.methods = Dictionary(methods.map { ($0.path, $0) }) { first, _ in first }
        self.limits = limits
        self.admit = admit
        pool = ThreadPool(
            name: "grpc", threadsMax: limits.threadsMax, waitingMax: limits.waitingMax)
    }

    /// Ends the threads once they have done what they are at.
    public func stop() { pool.stop() }

    /// A handler for one worker's listener.
    ///
    /// - Parameter observer: is told of every call that ends, on the worker's thread.
    public func handler(
        on worker: Worker, observer: @escaping GRPCHandler.Observer = { _, _, _ in }
    ) -> GRPCHandler {
        GRPCHandler(self, worker, observer)
    }
}
