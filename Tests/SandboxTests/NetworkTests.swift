internal import Glibc
internal import IO
@testable internal import Sandbox
internal import Testing

/// A sandbox reaches the egress and nothing else.
struct NetworkTests {
    private static func connecting(to port: Int) -> SandboxCommand {
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(port) && cat <&3"
        return SandboxCommand(["bash", "-c", script])
    }

    @Test(arguments: SandboxSpecification.Profile.allCases)
    func `the egress is on the sandbox's own loopback`(
        profile: SandboxSpecification.Profile
    ) throws {
        let sandbox = try Launching.sandbox {
            $0.profile = profile
            $0.network = .egress(port: 8443, socket: nil)
        }
        let command = try sandbox.start(Self.connecting(to: 8443))
        var waiting = pollfd(fd: sandbox.egressListener, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 20_000) == 1)
        let accepted = try Socket.accept(sandbox.egressListener)
        let connection = try #require(accepted).socket
        #expect(write(connection, "answer", 6) == 6)
        close(connection)
        var output: [UInt8] = []
        let outcome = try command.wait { _, bytes in output += bytes }
        #expect(outcome.end == .exited(code: 0))
        #expect(output == Array("answer".utf8))
    }

    @Test(arguments: [
        (SandboxSpecification.Profile.default, "Connection refused"),
        (.strict, "Permission denied"),
    ])
    func `another port is not reached`(
        profile: SandboxSpecification.Profile, reason: String
    ) throws {
        let sandbox = try Launching.sandbox {
            $0.profile = profile
            $0.network = .egress(port: 8443, socket: nil)
        }
        let result = try sandbox.capture(Self.connecting(to: 8444))
        #expect(result.errors.contains(reason))
    }

    @Test(arguments: [
        ("AF_INET", "SOCK_STREAM"), ("AF_INET", "SOCK_DGRAM"), ("AF_INET6", "SOCK_STREAM"),
    ])
    func `a command without network makes no internet socket, and others do`(
        family: String, type: String
    ) throws {
        let sandbox = try Launching.sandbox { $0.network = .egress(port: 8443, socket: nil) }
        var command = SandboxCommand([
            "perl", "-MSocket", "-e", "socket(my $s, \(family), \(type), 0) or die $!",
        ])
        let free = try sandbox.capture(command)
        #expect(free.outcome.end == .exited(code: 0), "\(free.errors)")
        command.hasNetwork = false
        #expect(try sandbox.capture(command).errors.contains("Permission denied"))
        command.arguments[3] = "socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die $!"
        #expect(try sandbox.capture(command).errors == "")
    }

    @Test func `names lead to the sandbox's own loopback`() throws {
        let sandbox = try Launching.sandbox { $0.loopbackNames = ["openai", "a-b.c_d"] }
        let found = try sandbox.capture(
            .shell("for name in openai a-b.c_d; do getent hosts $name; done"))
        let addresses = found.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(addresses == ["127.0.0.1", "127.0.0.1"], "\(found)")
        for name in ["", "a b", "a\nb", "a#", String(repeating: "a", count: 254)] {
            #expect(throws: SandboxError.self) {
                try Launching.sandbox { $0.loopbackNames = [name] }
            }
        }
    }

    @Test func `without an egress nothing listens`() throws {
        let sandbox = try Launching.sandbox()
        #expect(sandbox.egressListener == -1)
        #expect(try sandbox.capture(.shell("cat /proc/net/route; ls /run")).output == "")
    }
}
