internal import ArgumentParser
internal import Config
internal import Policy
internal import Proxy

/// `sluice check`: everything that starting would check, without starting.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check configuration files and the policy they name.")

    @Option(name: .long, help: "A configuration file; may be given more than once.")
    var config: [String]

    func run() throws {
        let loaded: Configuration
        do throws(ConfigurationError) {
            loaded = try Configuration.load(config)
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
        print("ok: \(config.joined(separator: ", "))")
    }
}
