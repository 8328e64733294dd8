import Bytes
import COpenSSL
@testable import Credentials
import Fetch
import Files
import Testing

struct TokenTests {
    private let authority: TestAuthority
    private let endpoint: TokenEndpoint

    init() throws {
        authority = try TestAuthority()
        endpoint = try TokenEndpoint(authority)
    }

    private func oauth(
        _ authentication: OAuth2Definition.Authentication = .basic
    ) throws -> StoreBench {
        try StoreBench(
            CredentialDefinition(
                name: "crm",
                scheme: .oauth2ClientCredentials(
                    OAuth2Definition(
                        tokenURL: endpoint.url + "/token", clientID: .literal("client 1"),
                        clientSecret: .literal("s3cr/et+"), authentication: authentication,
                        scopes: ["read", "write:all"], audience: "https://crm"))),
            caPath: authority.caPath)
    }

    @Test func `client credentials are sent as the standard says, in either way`() throws {
        endpoint.answer((200, #"{"access_token": "tok-1", "token_type": "bearer"}"#))
        try oauth(.basic).round()
        try oauth(.post).round()
        let requests = endpoint.requests
        try #require(requests.count == 2)
        let form =
            "grant_type=client_credentials&scope=read%20write%3Aall&audience=https%3A%2F%2Fcrm"
        #expect(requests[0].line == "POST /token HTTP/1.1")
        let pair = Base64.standard.encode(Array("client%201:s3cr%2Fet%2B".utf8).span)
        #expect(
            requests[0].head.contains(
                "authorization: Basic \(String(decoding: pair, as: UTF8.self))"))
        #expect(requests[0].content == form)
        #expect(!requests[1].head.lowercased().contains("authorization:"))
        #expect(
            requests[1].content
                == form + "&client_id=client%201&client_secret=s3cr%2Fet%2B")
    }

    @Test func `a token is kept, renewed ahead of its end, and serves while renewing fails`() throws {
        endpoint.answer((200, #"{"access_token": "tok-1", "expires_in": 1000}"#))
        var bench = try oauth()
        #expect(bench.lines == "pending")
        #expect(bench.round() == 800)
        #expect(bench.lines == "authorization: Bearer tok-1\r\n")
        bench.clock.advance(seconds: 700)
        bench.round()
        #expect(endpoint.requests.count == 1)

        endpoint.answer((503, ""), (200, "{}"), (401, ""), (200, "[[[["), (500, ""))
        bench.clock.advance(seconds: 101)
        var waits: [Double] = []
        for _ in 0..<5 {
            let wait = bench.round()
            waits.append(wait)
            #expect(bench.lines == "authorization: Bearer tok-1\r\n")
            #expect(bench.detail.hasPrefix("not renewed: \(endpoint.url)/token: "))
            bench.clock.advance(seconds: Int64(wait.rounded(.up)))
        }
        #expect(endpoint.requests.count == 6)
        #expect(waits == [0.75, 1.5, 3, 6, 12])

        bench.clock.advance(seconds: 200)
        #expect(bench.lines == "expired")
        bench.round()
        #expect(bench.lines == "server_failed")

        endpoint.answer((200, #"{"access_token": "tok-2", "expires_in": "soon"}"#))
        bench.clock.advance(seconds: 60)
        #expect(bench.round() == 480)
        #expect(bench.lines == "authorization: Bearer tok-2\r\n")
    }

    @Test(arguments: [
        (400, #"{"error": "invalid_client"}"#, CredentialFault.serverRefused),
        (429, "", .serverFailed), (302, "", .serverFailed), (200, "", .serverFailed),
        (200, #"{"access_token": ""}"#, .serverFailed),
        (200, #"{"access_token": "a\r\nb: c"}"#, .serverFailed),
        (200, #"{"access_token": 17}"#, .serverFailed),
    ])
    func `an answer without a token is a fault, and its content is not repeated`(
        status: Int, content: String, fault: CredentialFault
    ) throws {
        endpoint.answer((status, content))
        let bench = try oauth()
        bench.round()
        #expect(bench.lines == fault.rawValue)
        #expect(!bench.detail.contains("invalid_client") && !bench.detail.contains("s3cr"))
    }

    @Test func `a server whose certificate nobody vouches for gets no secret`() throws {
        let other = try TestAuthority()
        endpoint.answer((200, #"{"access_token": "tok-1"}"#))
        for caPath in [other.caPath, nil] {
            let bench = try StoreBench(
                CredentialDefinition(
                    name: "crm",
                    scheme: .oauth2ClientCredentials(
                        OAuth2Definition(
                            tokenURL: endpoint.url, clientID: .literal("id"),
                            clientSecret: .literal("secret")))),
                caPath: caPath)
            bench.round()
            #expect(bench.lines == "server_failed")
            #expect(bench.detail.contains("certificate refused"))
        }
        #expect(endpoint.requests.isEmpty)
    }

    @Test func `a certificate for another host is refused`() throws {
        let authority = try TestAuthority(host: "other.example")
        let endpoint = try TokenEndpoint(authority)
        var options = FetchOptions()
        options.certificatesPath = authority.caPath
        let error = #expect(throws: FetchError.self) {
            _ = try FetchClient(options).send(FetchRequest(url: endpoint.url))
        }
        guard case .certificate = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `an app exchanges a token that it signed`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/app.pem"
        try run(["openssl", "genrsa", "-out", path, "2048"])
        endpoint.answer((201, #"{"token": "ghs_1", "expires_at": "2023-11-14T23:13:20Z"}"#))
        let definition = GitHubAppDefinition(
            appID: "12345", installationID: "678", privateKey: .file(path: path, member: nil),
            apiURL: endpoint.url)
        let bench = try StoreBench(
            CredentialDefinition(name: "gh", scheme: .gitHubApp(definition)),
            caPath: authority.caPath)
        bench.round()
        #expect(bench.lines == "authorization: Bearer ghs_1\r\n")
        let request = try #require(endpoint.requests.first)
        #expect(request.line == "POST /app/installations/678/access_tokens HTTP/1.1")
        let line = try #require(
            request.head.split(separator: "\r\n").first { $0.hasPrefix("authorization: Bearer ") })
        let parts = line.dropFirst(22).split(separator: ".").map { Array($0.utf8) }
        try #require(parts.count == 3)
        let (payload, code) = (parts[1], parts[2])
        let claims = try Base64.rawURL.decode(payload.span)
        #expect(
            String(decoding: claims, as: UTF8.self)
                == #"{"iat":1699999940,"exp":1700000540,"iss":"12345"}"#)
        // The signature is the key's.
        try run(["openssl", "rsa", "-in", path, "-pubout", "-out", "\(folder.path)/public.pem"])
        try folder.write("signed", line.dropFirst(22).prefix { $0 != "." } + "."
            + String(decoding: payload, as: UTF8.self))
        let signature = try Base64.rawURL.decode(code.span)
        try File.replace("\(folder.path)/signature", with: signature)
        let verdict = try run([
            "openssl", "dgst", "-sha256", "-verify", "\(folder.path)/public.pem", "-signature",
            "\(folder.path)/signature", "\(folder.path)/signed",
        ])
        #expect(verdict == "Verified OK\n")
    }

    @Test func `a key that is none is a fault`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("app.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n")
        let definition = GitHubAppDefinition(
            appID: "1", installationID: "2", privateKey: .file(path: path, member: nil),
            apiURL: endpoint.url)
        let bench = try StoreBench(
            CredentialDefinition(name: "gh", scheme: .gitHubApp(definition)),
            caPath: authority.caPath)
        bench.round()
        #expect(bench.lines == "bad_key")
        #expect(endpoint.requests.isEmpty)
    }

    @Test func `a response is read up to its limit, and plaintext only where it is allowed`() throws {
        var options = FetchOptions()
        options.certificatesPath = authority.caPath
        options.contentBytesMax = 10
        endpoint.answer((200, "0123456789"), (404, "0123456789a"), (204, ""))
        let client = FetchClient(options)
        let response = try client.send(FetchRequest(url: endpoint.url + "/a?b=1"))
        #expect(response.status == 200)
        #expect(response.content == Array("0123456789".utf8))
        #expect(response.field("content-length") == "10")
        #expect(throws: FetchError.tooLarge(limit: 10)) {
            _ = try client.send(FetchRequest(url: endpoint.url))
        }
        let post = try client.send(
            FetchRequest(method: "PUT", url: endpoint.url, content: Array("abc".utf8)))
        #expect(post.status == 204)
        #expect(endpoint.requests.last?.content == "abc")
        for url in ["http://localhost:1/", "file:///etc/passwd", "https://local host/"] {
            let error = #expect(throws: FetchError.self) {
                _ = try client.send(FetchRequest(url: url))
            }
            guard case .badRequest = error else {
                Issue.record("\(url): \(String(describing: error))")
                continue
            }
        }
        #expect(throws: FetchError.self) {
            _ = try client.send(
                FetchRequest(url: endpoint.url, fields: [("x", "a\r\nb: c")]))
        }
    }
}
