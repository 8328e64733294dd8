internal import ArgumentParser
internal import Config
internal import Credentials
internal import HTTP
internal import Policy
internal import Proxy

/// `sluice explain --role egress --sandbox S --service X --method M --path P --config FILE`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what the egress would do with a call, and why.",
        discussion: "Exit code 1: the call would not be let through.")

    @Option(name: .long, help: "The role that would be asked: egress.")
    var role = "egress"

    @Option(name: .long, help: "The sandbox's id.")
    var sandbox: String

    @Option(name: .long, help: "The service's name, as Host says it.")
    var service: String

    @Option(name: .long, help: "The method.")
    var method = "GET"

    @Option(name: .long, help: "The path of the request.")
    var path = "/"

    @Option(name: .long, help: "A configuration file; may be given more than once.")
    var config = ["config/egress.yaml"]

    func validate() throws {
        guard role == "egress" else {
            throw ValidationError("--role: '\(role)' cannot be explained; accepted: egress")
        }
    }

    func run() throws {
        do {
            let configuration = try Configuration.load(config)
            guard let egress = configuration.egress else {
                Console.complain("no egress section in \(config.joined(separator: ", "))")
                throw ExitCode.failure
            }
            guard try explain(egress) else { throw ExitCode.failure }
        } catch let error as ConfigurationError {
            for fault in error.faults { Console.complain(fault.description) }
            throw ExitCode.failure
        } catch let error as BundleError {
            Console.complain(error.description)
            throw ExitCode.failure
        }
    }

    /// Prints the explanation; whether the call would be let through.
    private func explain(_ egress: EgressConfiguration) throws -> Bool {
        let call = EgressExplanation.Call(
            sandbox: sandbox, service: Self.name(of: service), method: method,
            path: try normalized(path))
        let explanation = try EgressExplanation(
            of: call, in: try Bundle.load(egress.front.policy), entrypoint: egress.front.policy.entrypoint,
            nowNanoseconds: Console.nowNanoseconds)
        line("call", "\(call.method) \(call.path) of \(call.service) by \(call.sandbox)")
        for step in explanation.steps { line(step.holds ? "+" : "-", step.text) }
        let word: String
        switch explanation.isAllowed {
        case true: word = "allowed"
        case false: word = "denied: 403"
        case nil: word = "no decision: 503"
        }
        line("policy", "\(egress.front.policy.entrypoint): \(word)")
        for reason in explanation.reasons { line("", reason) }
        line("limit", explanation.limit ?? "none is set: 503")
        let isAvailable = try explainCredential(explanation.service?.credential, egress)
        return explanation.isAllowed == true && explanation.limit != nil && isAvailable
    }

    /// Its name, and how it stands as far as that can be told without running programs or asking
    /// servers.
    private func explainCredential(
        _ name: String?, _ egress: EgressConfiguration
    ) throws -> Bool {
        guard let name else {
            line("credential", "none")
            return true
        }
        let definitions = egress.credentials.filter { $0.name == name }
        guard let status = try CredentialStore(definitions).statuses.first else {
            line("credential", "\(name): not configured: 503")
            return false
        }
        guard let fault = status.fault, fault != .pending else {
            let state = status.fault == nil ? "ready" : "asked for when the egress runs"
            line("credential", "\(name): \(state) (\(status.detail))")
            return true
        }
        line("credential", "\(name): \(fault): 503 (\(status.detail))")
        return false
    }

    private func line(_ name: String, _ text: String) {
        let padding = String(repeating: " ", count: max(1, 12 - name.count))
        Console.write(name + padding + text + "\n")
    }

    /// As the listener reads `Host`.
    private static func name(of host: String) -> String {
        let name = host.lowercased().split(separator: ":").first.map(String.init) ?? ""
        return name.hasSuffix(".local") ? String(name.dropLast(".local".count)) : name
    }

    private func normalized(_ target: String) throws -> String {
        let path = Array(target.utf8.prefix { $0 != UInt8(ascii: "?") })
        var paths = PathNormalizer()
        do {
            return try path.withUnsafeBytes {
                String(decoding: try paths.normalize($0).matched, as: UTF8.self)
            }
        } catch {
            Console.complain("--path: \(target) can be read in more than one way: 400")
            throw ExitCode.failure
        }
    }
}
