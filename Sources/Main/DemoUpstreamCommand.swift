internal import ArgumentParser
internal import Config
internal import DemoUpstream
internal import IO

/// `sluice demo-upstream --listen ADDRESS`
struct DemoUpstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-upstream",
        abstract: "Serve answers that show what was asked, to try the egress without the internet.")

    @Option(name: .long, help: "An IP address with a port.")
    var listen = "127.0.0.1:9443"

    @Option(name: .long, help: "A PEM file with the certificate: HTTPS is spoken then.")
    var tlsCert: String?

    @Option(name: .long, help: "A PEM file with the certificate's key.")
    var tlsKey: String?

    func validate() throws {
        if Endpoint(listen)?.isBindable != true {
            throw ValidationError("--listen: '\(listen)' is no IP address with a port")
        }
        if (tlsCert == nil) != (tlsKey == nil) {
            throw ValidationError("--tls-cert and --tls-key belong together")
        }
    }

    func run() throws {
        guard let endpoint = Endpoint(listen),
            let address = SocketAddress(literal: endpoint.host, port: endpoint.port)
        else { throw ExitCode.failure }
        var certificate: DemoUpstream.Certificate?
        if let tlsCert, let tlsKey { certificate = .init(chain: tlsCert, key: tlsKey) }
        do {
            let server = try DemoUpstream(on: address, certificate: certificate)
            let scheme = certificate == nil ? "http" : "https"
            Console.complain("demo upstream on \(scheme)://\(server.address)")
            try server.run()
        } catch {
            Console.complain("demo-upstream: \(error)")
            throw ExitCode.failure
        }
    }
}
