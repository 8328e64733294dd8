import COpenSSL
import Glibc
import IO
import Synchronization
import Testing

/// A server on loopback that speaks TLS and answers each request as the test says.
final class TokenEndpoint: @unchecked Sendable {
    // Sendable: what changes is in `state`; the rest is written before the thread starts.

    struct Request {
        let head: String
        let content: String

        var line: String { String(head.prefix { $0 != "\r\n" && $0 != "\r" }) }
    }

    private struct State {
        var answers: [(status: Int, content: String)] = []
        var requests: [Request] = []
    }

    private let state = Mutex(State())
    private let listener: CInt
    private let context: OpaquePointer
    private let isOver = Atomic(false)
    private var thread: NativeThread?
    let port: UInt16

    var url: String { "https://localhost:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }

    init(_ authority: TestAuthority) throws {
        // A client that refuses the certificate leaves before it is told anything.
        signal(SIGPIPE, SIG_IGN)
        let context = try #require(SSL_CTX_new(TLS_server_method()))
        try #require(
            SSL_CTX_use_certificate_file(context, authority.certificatePath, SSL_FILETYPE_PEM) == 1
                && SSL_CTX_use_PrivateKey_file(context, authority.keyPath, SSL_FILETYPE_PEM) == 1)
        self.context = context
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        try #require(isBound)
        port = UInt16(bigEndian: address.sin_port)
        thread = try NativeThread(name: "endpoint") { [unowned self] in serve() }
    }

    deinit {
        isOver.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
        thread?.join()
        close(listener)
        SSL_CTX_free(context)
    }

    /// What the next requests are answered; the last one goes on being the answer.
    func answer(_ answers: (status: Int, content: String)...) {
        state.withLock { $0.answers = answers }
    }

    private func serve() {
        while !isOver.load(ordering: .acquiring) {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            var patience = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(
                client, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            if let session = SSL_new(context) {
                SSL_set_fd(session, client)
                if SSL_accept(session) == 1 { exchange(session) }
                SSL_free(session)
            }
            close(client)
        }
    }

    private func exchange(_ session: OpaquePointer) {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while !Self.isComplete(bytes) {
            let count = SSL_read(session, &chunk, Int32(chunk.count))
            guard count > 0 else { return }
            bytes += chunk.prefix(Int(count))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let end = text.range(of: "\r\n\r\n")
        let answer = state.withLock { state in
            state.requests.append(Request(head: end.head, content: end.rest))
            return state.answers.count > 1
                ? state.answers.removeFirst() : state.answers.first ?? (500, "")
        }
        let response =
            "HTTP/1.1 \(answer.status) X\r\ncontent-length: \(answer.content.utf8.count)\r\n"
            + "connection: close\r\n\r\n" + answer.content
        SSL_write(session, response, Int32(response.utf8.count))
        SSL_shutdown(session)
    }

    private static func isComplete(_ bytes: [UInt8]) -> Bool {
        let (head, rest) = String(decoding: bytes, as: UTF8.self).range(of: "\r\n\r\n")
        guard !head.isEmpty else { return false }
        let length = head.lowercased().split(separator: "\r\n").first {
            $0.hasPrefix("content-length:")
        }
        let count = length.flatMap { Int($0.dropFirst(15).filter { $0.isNumber }) } ?? 0
        return rest.utf8.count >= count
    }
}

extension String {
    /// What stands before the separator and behind it; two empty texts when it is not there.
    fileprivate func range(of separator: String) -> (head: String, rest: String) {
        let bytes = Array(utf8)
        let end = Array(separator.utf8)
        guard bytes.count >= end.count else { return ("", "") }
        for start in 0...(bytes.count - end.count)
        where bytes[start..<(start + end.count)].elementsEqual(end) {
            return (
                String(decoding: bytes[..<start], as: UTF8.self),
                String(decoding: bytes[(start + end.count)...], as: UTF8.self)
            )
        }
        return ("", "")
    }
}
