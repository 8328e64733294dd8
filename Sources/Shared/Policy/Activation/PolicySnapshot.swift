public import Rego

/// A bundle made ready to decide: checked, compiled and linked to its data. Immutable, shared by
/// all workers, replaced as a whole.
public final class PolicySnapshot: Sendable {
    /// Counts activations from 1, so that a worker sees by one number whether there is a new one.
    public let generation: UInt64
    public let manifest: BundleManifest
    /// What the evaluators run.
    public let rego: Snapshot
    /// The decision, such as that at `agentd/authz`.
    public let entryPoint: EntryPoint
    /// The decision's path as it is written in the configuration and in decision logs.
    public let entrypointPath: String
    /// Keys and limits from the bundle's data.
    public let gateway: GatewayData
    /// Services and tiers from the bundle's data.
    public let egress: EgressData
    /// What has no effect, or should not stay as it is.
    public let warnings: [String]

    /// - Parameter entrypoint: the decision's path below `data`, segments separated by `/`.
    /// - Throws: why the bundle cannot be activated.
    public init(
        _ bundle: Bundle, entrypoint: String, generation: UInt64 = 1
    ) throws(BundleError) {
        try Self.refuseCredentials(in: bundle.data.root)
        let gateway = try GatewayData(bundle.data)
        let egress = try EgressData(bundle.data)
        let options = CompilerOptions(unsafeBuiltins: Bundle.builtinsOfTheWorld)
        let compiled = try bundle.compile(options: options)
        guard Self.exists(entrypoint, compiled, bundle.data.root) else {
            throw .noEntrypoint(entrypoint)
        }
        let name = "data." + entrypoint.split(separator: "/").joined(separator: ".")
        let program: Program
        do throws(RegoError) {
            program = try Program(
                compiled, entryPoints: [name], fileNames: bundle.modules.paths)
        } catch {
            throw .modules(bundle.modules.describe([error]))
        }
        guard let entryPoint = program.entryPoint(name) else { throw .noEntrypoint(entrypoint) }
        self.generation = generation
        self.entryPoint = entryPoint
        self.gateway = gateway
        self.egress = egress
        rego = Snapshot(program, data: bundle.data)
        manifest = bundle.manifest
        entrypointPath = entrypoint
        warnings = bundle.warnings + gateway.warnings + egress.warnings
    }

    /// The old stack kept the credentials of external services in `data`, where every policy and
    /// every reader of a bundle could see them.
    private static func refuseCredentials(in data: Value) throws(BundleError) {
        var scanner = SecretScanner()
        scanner.scan(data: data.member("egress_credentials"), at: "data/egress_credentials")
        guard scanner.findings.isEmpty else { throw .secrets(scanner.findings.map(\.description)) }
    }

    /// A path that leads nowhere denies everything for ever: better refused now.
    private static func exists(
        _ entrypoint: String, _ modules: CompiledModules, _ data: Value
    ) -> Bool {
        var node = modules.symbols.find("data").flatMap {
            modules.tree.child(RuleTree.root, .string($0))
        }
        var value: Value = data
        for segment in entrypoint.split(separator: "/") {
            node = node.flatMap { parent in
                modules.symbols.find(String(segment)).flatMap {
                    modules.tree.child(parent, .string($0))
                }
            }
            value = value.member(segment)
        }
        return node != nil || value.isDefined
    }
}
