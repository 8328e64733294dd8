internal import ArgumentParser
internal import Config
internal import Policy
internal import Proxy

/// `sluice check`: everything that starting would check, without starting.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check configuration files, and the policy, certificates and secrets in them.")

    @Option(name: .long, help: "A configuration file; may be given more than once.")
    var config: [String]

    func run() throws {
        let loaded: Configuration
        let check: ConfigurationCheck
        do throws(ConfigurationError) {
            let (configuration, places) = try Configuration.loadWithPlaces(config)
            loaded = configuration
            check = ConfigurationCheck(
                configuration, places, nowSeconds: Console.nowNanoseconds / 1_000_000_000)
        } catch {
            for fault in error.faults { Console.complain(fault.description) }
            throw ExitCode(1)
        }
        let named = [
            loaded.gateway?.front.policy, loaded.egress?.front.policy, loaded.agentd?.policy,
        ].compactMap(\.self)
        for (index, policy) in named.enumerated() where !named[..<index].contains(policy) {
            do throws(BundleError) {
                let store = try PolicyStore(policy)
                for warning in store.current.warnings { Console.complain("warning: \(warning)") }
            } catch {
                Console.complain("\(policy.bundle): \(error.description)")
                throw ExitCode(1)
            }
        }
        for warning in check.warnings { Console.complain("warning: \(warning.description)") }
        for fault in check.faults { Console.complain(fault.description) }
        guard check.faults.isEmpty else { throw ExitCode(1) }
        print("ok: \(config.joined(separator: ", "))")
    }
}
