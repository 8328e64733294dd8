internal import ArgumentParser
internal import Config
internal import Credentials
internal import Gateway
internal import HTTP
internal import Policy
internal import Proxy

/// `sluice explain --role ROLE … --method M --path P --config FILE`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what a role would do with a request, and why.",
        discussion: """
            For the egress say --sandbox and --service, for the gateway --key-id, --key or none of \
            them for a client without a key. Exit code 1: the request would not be let through.
            """)

    @Option(name: .long, help: "The role that would be asked: egress or gateway.")
    var role = "egress"

    @Option(name: .long, help: "The sandbox's id.")
    var sandbox: String?

    @Option(name: .long, help: "The service's name, as Host says it.")
    var service: String?

    @Option(name: .long, help: "The id of the client's API key.")
    var keyID: String?

    @Option(name: .long, help: "The client's API key itself.")
    var key: String?

    @Option(name: .long, help: "The method.")
    var method = "GET"

    @Option(name: .long, help: "The path of the request.")
    var path = "/"

    @Option(name: .long, help: "A configuration file; may be given more than once.")
    var config: [String] = []

    func validate() throws {
        switch role {
        case "egress":
            guard sandbox != nil, service != nil else {
                throw ValidationError("--role egress needs --sandbox and --service")
            }
            guard key == nil, keyID == nil else {
                throw ValidationError("--key and --key-id go with --role gateway")
            }
        case "gateway":
            guard sandbox == nil, service == nil else {
                throw ValidationError("--sandbox and --service go with --role egress")
            }
            guard key == nil || keyID == nil else {
                throw ValidationError("use one of --key and --key-id")
            }
        default:
            throw ValidationError(
                "--role: '\(role)' cannot be explained; accepted: egress, gateway")
        }
    }

    func run() throws {
        let files = config.isEmpty ? ["config/\(role).yaml"] : config
        do {
            guard try explain(try Configuration.load(files), files) else {
                throw ExitCode.failure
            }
        } catch let error as ConfigurationError {
            for fault in error.faults { Console.complain(fault.description) }
            throw ExitCode.failure
        } catch let error as BundleError {
            Console.complain(error.description)
            throw ExitCode.failure
        }
    }

    private func explain(_ configuration: Configuration, _ files: [String]) throws -> Bool {
        if role == "gateway", let gateway = configuration.gateway { return try explain(gateway) }
        if role == "egress", let egress = configuration.egress { return try explain(egress) }
        Console.complain("no \(role) section in \(files.joined(separator: ", "))")
        return false
    }

    /// Prints the explanation; whether the request would be let through.
    private func explain(_ gateway: GatewayConfiguration) throws -> Bool {
        let call = GatewayExplanation.Call(
            key: keyID.map { .id($0) } ?? key.map { .text($0) }, method: method,
            path: try normalized(path))
        let explanation = try GatewayExplanation(
            of: call, by: gateway, in: try Bundle.load(gateway.front.policy),
            nowNanoseconds: Console.nowNanoseconds)
        line("call", "\(call.method) \(call.path)")
        line("key", explanation.key)
        line("route", explanation.route ?? "none")
        if let decision = explanation.decision {
            tell(decision, gateway.front.policy.entrypoint)
        } else {
            line("policy", "is not asked")
        }
        line("limit", explanation.limit ?? "of the client's address")
        line("answer", explanation.refusal.map { "\($0)" } ?? "the upstream's")
        return explanation.refusal == nil
    }

    private func tell(_ decision: DecisionExplanation, _ entrypoint: String) {
        let word =
            switch decision.isAllowed {
            case .some(true): "allowed"
            case .some(false): "denied: 403"
            case nil: "no decision: 503"
            }
        line("policy", "\(entrypoint): \(word)")
        for reason in decision.reasons { line("", reason) }
        for text in decision.lines { line("", text) }
    }

    /// Prints the explanation; whether the call would be let through.
    private func explain(_ egress: EgressConfiguration) throws -> Bool {
        let call = EgressExplanation.Call(
            sandbox: sandbox ?? "", service: Self.name(of: service ?? ""), method: method,
            path: try normalized(path))
        let explanation = try EgressExplanation(
            of: call, in: try Bundle.load(egress.front.policy),
            entrypoint: egress.front.policy.entrypoint,
            nowNanoseconds: Console.nowNanoseconds)
        line("call", "\(call.method) \(call.path) of \(call.service) by \(call.sandbox)")
        for step in explanation.steps { line(step.holds ? "+" : "-", step.text) }
        tell(explanation.decision, egress.front.policy.entrypoint)
        line("limit", explanation.limit ?? "none is set: 503")
        let isAvailable = try explainCredential(explanation.service?.credential, egress)
        return explanation.decision.isAllowed == true && explanation.limit != nil && isAvailable
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
