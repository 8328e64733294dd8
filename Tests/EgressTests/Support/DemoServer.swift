import DemoUpstream
import IO

/// `sluice demo-upstream` on a port of the kernel's choice, until the process ends.
final class DemoServer {
    let port: UInt16

    init(certificate: String, key: String) throws {
        let server = try DemoUpstream(
            on: SocketAddress(ipv4: 0x7F00_0001, port: 0),
            certificate: .init(chain: certificate, key: key))
        port = server.address.port
        let thread = try NativeThread(name: "demo-server") {
            do { try server.run() } catch { print("the demo server ended: \(error)") }
        }
        thread.detach()
    }
}
