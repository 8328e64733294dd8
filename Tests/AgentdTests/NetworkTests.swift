import Foundation
import Peers
import Testing

/// What a sandbox's own processes reach, and as whom.
struct NetworkTests {
    private let world: NetworkedAgentd

    init() throws { world = try NetworkedAgentd() }

    @Test(arguments: [
        // HTTP_PROXY: absolute targets, with a service's name and with its host.
        "curl -sS http://echo/one?x=1",
        "curl -sS http://echo.local:8443/one?x=1",
        // A base URL, past the proxy.
        "curl -sS --noproxy '*' http://echo:8443/one?x=1",
        "curl -sS --noproxy '*' --http2-prior-knowledge http://echo:8443/one?x=1",
        "curl -sS http://egress:8443/one?x=1 -H 'Host: echo'",
        "unset HTTP_PROXY http_proxy; curl -sS $(dirname $ECHO_BASE_URL)/one?x=1",
        "perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(\"127.0.0.1:8443\") or die $!;"
            + " print $s \"GET /one?x=1 HTTP/1.0\\r\\nHost: echo\\r\\n\\r\\n\"; print <$s>'",
    ])
    func `a program reaches a service by its name`(command: String) throws {
        for profile in ["default", "strict"] {
            let sandbox = try world.sandbox(profile: profile)
            let result = try world.run(command, in: sandbox)
            #expect(result.output.contains("\"path\":\"/one\""), "\(result)")
            #expect(result.output.contains("\"x\":\"1\""))
            // The service learns nothing of who asked.
            #expect(!result.output.lowercased().contains("sandbox"))
        }
    }

    @Test func `variables lead programs to what the sandbox may call`() throws {
        let sandbox = try world.sandbox()
        let variables = try world.run("env | sort", in: sandbox).output
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            #expect(variables.contains("\(name)=http://127.0.0.1:8443\n"))
        }
        #expect(variables.contains("ECHO_BASE_URL=http://echo:8443/v1\n"))
        #expect(!variables.contains("OTHER_BASE_URL"))
        #expect(!variables.contains("OPENAI_BASE_URL"))
        #expect(!variables.contains("v2."))
        let told = try world.call("GET", "/api/v1/sandboxes/\(sandbox)/capabilities").body
        #expect(told["has_network"] as? Bool == true)
        #expect(told["allowed_destinations"] as? [String] == ["echo", "scripted"])
    }

    @Test func `a tunnel to a service that allows one carries what it is given`() throws {
        let sandbox = try world.sandbox()
        let result = try world.run(
            "curl -sS --proxytunnel http://echo/through-tunnel", in: sandbox)
        #expect(result.output.contains("\"path\":\"/through-tunnel\""), "\(result)")
        let denied = try world.run("curl -sS --proxytunnel http://other/x", in: sandbox)
        #expect(denied.errors.contains("403"), "\(denied)")
    }

    @Test(arguments: [
        ("http://other/x", 403, "not allowed to access service 'other'"),
        ("http://nowhere/x", 404, "unknown_service"),
        ("http://169.254.169.254/latest/meta-data", 404, "unknown_service"),
        ("http://echo/%2e%2e%2fx", 400, "target_ambiguous"),
    ])
    func `what policy does not allow is refused with reasons`(
        url: String, status: Int, reason: String
    ) throws {
        let sandbox = try world.sandbox()
        let result = try world.run("curl -sS -w '%{http_code}' '\(url)'", in: sandbox)
        #expect(result.output.hasSuffix("\(status)"), "\(result)")
        #expect(result.output.contains(reason), "\(result)")
    }

    @Test func `without network_enabled there is nobody`() throws {
        let sandbox = try world.sandbox(network: false)
        let result = try world.run(
            "env | grep -ic proxy; getent hosts echo; "
                + "curl -sS --connect-timeout 2 http://127.0.0.1:8443/",
            in: sandbox)
        #expect(result.output == "0\n")
        #expect(result.code == 7, "\(result)")
        let told = try world.call("GET", "/api/v1/sandboxes/\(sandbox)/capabilities").body
        #expect(told["has_network"] as? Bool == false)
        let fetched = try world.fetch(["url": "http://echo/x"], in: sandbox).response
        #expect(fetched["code"] as? String == "NETWORK_UNAVAILABLE")
    }

    @Test func `a command that is not allowed the network has none`() throws {
        let sandbox = try world.sandbox()
        let command = "curl -sS --connect-timeout 5 http://echo/x; echo $?"
        let bound = try world.run(
            command, in: sandbox, ["constraints": ["allow_network": false, "allow_writes": true]])
        #expect(bound.output.hasSuffix("7\n"), "\(bound)")
        let free = try world.run(command, in: sandbox, ["constraints": ["allow_network": true]])
        #expect(free.output.hasSuffix("0\n"), "\(free)")
    }

    // MARK: identity

    @Test func `a sandbox is itself, whatever it says`() throws {
        let mine = try world.sandbox(fields: NetworkedAgentd.bound)
        let other = try world.sandbox(fields: NetworkedAgentd.free)
        let token = try NetworkedAgentd.token(of: other)
        for claim in [
            "", "-H 'X-Sandbox-ID: \(other)'", "-H 'X-Sandbox-Token: \(token)'",
            "-H 'x_sandbox_token: \(token)'", "-H 'X-Sandbox-Tier: all' -H 'X-Sandbox-Policy: all'",
            "-H 'X-Sandbox-Token: \(token)' -H 'Connection: x-sandbox-id, x-sandbox-token'",
            "--proxy-user '\(other):\(token)'", "-x http://127.0.0.1:8443 -U '\(other):\(token)'",
        ] {
            let result = try world.run(
                "curl -sS -w '%{http_code}' \(claim) http://echo/x", in: mine,
                fields: NetworkedAgentd.bound)
            #expect(result.output.hasSuffix("403"), "\(claim): \(result)")
            #expect(result.output.contains("sandbox '\(mine)' not allowed"), "\(claim): \(result)")
        }
    }

    @Test func `the relay of a neighbour is in no other sandbox`() throws {
        let mine = try world.sandbox(fields: NetworkedAgentd.bound)
        _ = try world.sandbox(fields: NetworkedAgentd.free)
        // The host's loopback, its processes and their descriptors are not there.
        let port = world.egress.port
        let result = try world.run(
            "curl -s --noproxy '*' --connect-timeout 2 http://127.0.0.1:\(port)/; echo $?; "
                + "ls /proc | grep -c '^[0-9]*$'; cat /proc/net/unix | wc -l",
            in: mine, fields: NetworkedAgentd.bound)
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "7", "\(result)")
        #expect(lines.count == 3)
        #expect(Int(lines[1]) ?? 99 <= 6)
        #expect(Int(lines[2]) ?? 99 <= 1)
    }

    @Test(arguments: [
        "Content-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        "Content-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabcd",
        "Transfer-Encoding : chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        "Transfer-Encoding: xchunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        "X: a\\nX-Sandbox-ID: b\\r\\n\\r\\n",
        "Host: other\\r\\n\\r\\n",
    ])
    func `what two readers could understand in two ways goes no further`(rest: String) throws {
        let sandbox = try world.sandbox()
        let result = try world.run(
            "exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/8443; "
                + "printf \"GET /x HTTP/1.1\\r\\nHost: scripted\\r\\n\(rest)\" >&3; cat <&3'",
            in: sandbox)
        #expect(result.output.hasPrefix("HTTP/1.1 400 "), "\(result)")
        #expect(try world.scripted.isUntouched())
    }

    // MARK: the audit log

    @Test func `every call is in the audit log, with the execution that made it`() throws {
        let folder = NSTemporaryDirectory() + "sluice-audit-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let audited = try NetworkedAgentd(audit: "  audit: { folder: \"\(folder)\" }\n")
        let sandbox = try audited.sandbox()
        _ = try audited.run("curl -sS 'http://echo/one?secret=2'", in: sandbox)
        _ = try audited.fetch(["url": "http://other/two"], in: sandbox)
        let body = try audited.call("GET", "/api/v1/sandboxes/\(sandbox)/audit").body
        let records = try #require(body["records"] as? [[String: Any]], "\(body)")
        let calls = records.filter { $0["kind"] as? String == "egress" }
        #expect(calls.map { $0["path"] as? String } == ["/one", "/two"])
        #expect(calls.map { $0["service"] as? String } == ["echo", "other"])
        #expect(calls.map { $0["decision"] as? String } == ["allowed", "denied"])
        #expect(calls.map { $0["status"] as? Int } == [200, 403])
        #expect(calls.allSatisfy { ($0["request_id"] as? String)?.utf8.count == 36 })
        let executions = records.compactMap { $0["execution_id"] as? String }
        for call in calls {
            let made = try #require(call["executions"] as? [String])
            #expect(made.count == 1 && executions.contains(made[0]), "\(call)")
        }
        #expect(!"\(records)".contains("secret"))
    }

    // MARK: ends and limits

    @Test func `the end of a sandbox ends its calls`() throws {
        let sandbox = try world.sandbox()
        let detached = try world.run(
            "curl -s http://scripted/slow >/dev/null 2>&1 & sleep 0.2; echo started", in: sandbox)
        #expect(detached.output == "started\n")
        // The command's processes end with it, and so do its calls.
        let gone = try world.scripted.accept()
        _ = try gone.readHead()
        #expect(try gone.isAtEnd())
        let next = try world.sandbox()
        let asking = try world.begin(
            "shell.exec.v1", ["command": "curl -s http://scripted/slower"], in: next)
        let server = try world.scripted.accept()
        _ = try server.readHead()
        let ended = try world.call("DELETE", "/api/v1/sandboxes/\(next)?force=true")
        #expect(ended.body["success"] as? Bool == true)
        #expect(try server.isAtEnd())
        #expect(try !asking.readMessage(answering: "POST").text.contains("\"code\":\"OK\""))
    }

    @Test func `a hundred connections at a time are served`() throws {
        let sandbox = try world.sandbox()
        let result = try world.run(
            "curl -sS --noproxy '*' --parallel --parallel-immediate --parallel-max 100 "
                + "-o /dev/null -w '%{http_code}\\n' 'http://echo:8443/get?n=[1-100]' | sort | uniq -c",
            in: sandbox)
        #expect(result.output.split(separator: " ").map { $0 } == ["100", "200\n"], "\(result)")
    }

    @Test func `more connections than a sandbox may have wait for their turn`() throws {
        let narrow = try NetworkedAgentd(settings: "    connections: 2\n")
        let sandbox = try narrow.sandbox()
        let result = try narrow.run(
            "curl -sS --noproxy '*' --parallel --parallel-immediate --parallel-max 8 "
                + "-o /dev/null -w '%{http_code}\\n' -H 'Connection: close' "
                + "'http://echo:8443/get?n=[1-8]' | sort | uniq -c",
            in: sandbox)
        #expect(result.output.split(separator: " ").map { $0 } == ["8", "200\n"], "\(result)")
    }

    @Test func `an egress that is not there is a bad gateway`() throws {
        world.egress.stop()
        let sandbox = try world.sandbox()
        let result = try world.run("curl -sS -w '%{http_code}' http://echo/x", in: sandbox)
        #expect(result.output.hasSuffix("502"), "\(result)")
        let fetched = try world.fetch(["url": "http://echo/x"], in: sandbox).response
        #expect(fetched["code"] as? String == "CONNECTION_ERROR")
    }
}
