import Foundation
import IO
import Peers
import RunningRole
import Testing

/// Who may connect to agentd's Unix sockets, whatever their files let. To be somebody else takes
/// root.
@Suite(.enabled(if: getuid() == 0))
struct SocketUserTests {
    private static let user = 61_001
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }

    private func start(users: [Int]) throws -> RunningAgentd {
        try RunningAgentd(
            "  listen: unix:\(folder.path)/http.sock\n  grpc: unix:\(folder.path)/grpc.sock\n"
                + "  socket: { mode: \"0666\", users: \(users) }\n"
                + "  sandboxes: { backend: host-direct, allow_host_direct: true }\n"
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
    }

    /// curl's exit code, and the status of what it was answered; 0 when it was not.
    private func ask(
        _ socket: String, as user: Int, _ more: [String] = []
    ) throws -> (code: Int32, status: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "curl", "-s",
            "-m", "20", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket",
            "\(folder.path)/\(socket)", "http://agentd/health",
        ] + more
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test func `a user who is listed is served`() throws {
        let agentd = try start(users: [Self.user])
        let answer = try ask("http.sock", as: Self.user)
        #expect(answer.code == 0)
        #expect(answer.status == "200")
        // There is no such method, and it says so.
        let call = try ask("grpc.sock", as: Self.user, ["--http2-prior-knowledge"])
        #expect(call.code == 0)
        #expect(call.status == "404")
        _ = agentd
    }

    @Test(arguments: [("http.sock", [] as [String]), ("grpc.sock", ["--http2-prior-knowledge"])])
    func `a user who is not has the connection closed, root like everybody`(
        socket: String, options: [String]
    ) throws {
        let agentd = try start(users: [Self.user])
        for user in [Self.user + 1, 0] {
            let answer = try ask(socket, as: user, options)
            #expect(answer.code != 0, "\(user): \(answer)")
            #expect(answer.status == "000", "\(user): \(answer)")
        }
        #expect(try ask(socket, as: Self.user, options).code == 0)
        _ = agentd
    }

    @Test func `a file's mode keeps out who is listed, too`() throws {
        let agentd = try start(users: [Self.user])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: "\(folder.path)/http.sock")
        #expect(try ask("http.sock", as: Self.user).status == "000")
        #expect(try ask("grpc.sock", as: Self.user, ["--http2-prior-knowledge"]).code == 0)
        _ = agentd
    }
}
