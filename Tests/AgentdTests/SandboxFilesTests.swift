import Sandbox
import Testing

@testable import Agentd

/// Files of a sandbox whose processes do what they can to mislead who reads them.
struct SandboxFilesTests {
    /// Sandboxes end with it.
    private let launcher: SandboxLauncher
    private let sandbox: Sandbox
    private let files: SandboxFiles

    init() throws {
        var specification = SandboxSpecification()
        specification.limits.fileBytesMax = nil
        launcher = try SandboxLauncher()
        sandbox = try launcher.create(specification)
        files = SandboxFiles(sandbox)
    }

    private func shell(_ script: String) throws -> String {
        var output: [UInt8] = []
        let outcome = try sandbox.run(.shell(script)) { _, bytes in output += bytes }
        try #require(outcome.end == .exited(code: 0), "\(String(decoding: output, as: UTF8.self))")
        return String(decoding: output, as: UTF8.self)
    }

    private func failure(_ body: () throws(SandboxFiles.Failure) -> Void) -> String? {
        do throws(SandboxFiles.Failure) {
            try body()
            return nil
        } catch {
            switch error {
            case .refused(let reason): return reason
            case .tooLarge: return "too large"
            }
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("mkfifo x", "x"), ("", "/dev/zero"), ("", "/dev/urandom"), ("mkdir x", "x"),
            ("", "/proc/self/maps"), ("", "/proc/1/environ"), ("ln -s /proc/self/mem x", "x"),
            ("ln -s x x", "x"), ("ln -s /proc/self/fd/0 x", "x"), ("ln -s /etc/shadow x", "x"),
            ("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x\")'", "x"),
            ("", ""), ("", "missing/x"),
        ])
    func `what is no file is neither read nor edited`(script: String, path: String) throws {
        if !script.isEmpty { _ = try shell(script) }
        #expect(failure { () throws(SandboxFiles.Failure) in
            _ = try files.read(path, offset: 0, limit: 100)
        } != nil)
        #expect(failure { () throws(SandboxFiles.Failure) in
            _ = try files.edit(path, Array("a".utf8), with: [], all: true)
        } != nil)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("mkfifo x", "x"), ("mkfifo x; sleep 9 < x &", "x"), ("mkdir x", "x"),
            ("ln -s /dev/full x", "x"), ("", "/etc/passwd"), ("", "/usr/x"),
        ])
    func `what is no file, or not the sandbox's, is not written`(
        script: String, path: String
    ) throws {
        if !script.isEmpty { _ = try shell("(\(script)) > /dev/null") }
        for mode in [Sandbox.WriteMode.replace, .append, .create] {
            #expect(failure { () throws(SandboxFiles.Failure) in
                try files.write(path, Array("text".utf8), mode)
            } != nil, "\(mode)")
        }
    }

    @Test func `no more is read than was asked for`() throws {
        _ = try shell("truncate -s 1T sparse; echo end >> sparse; yes 0123456 | head -c 5000 > f")
        let sparse = try files.read("sparse", offset: 1 << 40, limit: 100)
        #expect(sparse.bytes == Array("end\n".utf8))
        #expect(sparse.size == 1 << 40 + 4)
        #expect(try files.read("sparse", offset: 0, limit: .max).bytes.count == 8 << 20)
        #expect(try files.read("sparse", offset: .max, limit: 10).bytes.isEmpty)
        #expect(
            failure { () throws(SandboxFiles.Failure) in
                _ = try files.edit("sparse", Array("end".utf8), with: [], all: true)
            } == "too large")
        let part = try files.read("f", offset: 8, limit: 4)
        #expect(part.bytes == Array("0123".utf8))
        #expect(part.goesOn)
    }

    @Test func `a file is exchanged in one step, with its mode, behind its links`() throws {
        _ = try shell("echo old > f; chmod 751 f; ln -s f link")
        try files.write("link", Array("new\n".utf8), .replace)
        #expect(try shell("cat f; stat -c %a f; readlink link; ls -A") == "new\n751\nf\nf\nlink\n")
        try files.write("link", Array("more\n".utf8), .append)
        #expect(try shell("cat f") == "new\nmore\n")
        #expect(failure { () throws(SandboxFiles.Failure) in
            try files.write("f", [], .create)
        } != nil)
        try files.makeFolders(above: "a/b c/d")
        try files.write("a/b c/d", Array("x".utf8), .create)
        #expect(try shell("cat 'a/b c/d'") == "x")
    }

    @Test func `a file whose folder takes no other is written where it is`() throws {
        _ = try shell("mkdir a; echo a long old text > a/f; chmod 555 a")
        try files.write("a/f", Array("new\n".utf8), .replace)
        #expect(try shell("cat a/f; ls -A a") == "new\nf\n")
    }

    @Test(.timeLimit(.minutes(2)))
    func `whoever exchanges what is at a path misleads nobody`() throws {
        let execution = try sandbox.start(.shell(
            """
            echo secret > other
            while :; do
                echo text > a; mv -f a x; rm -f x; mkfifo x; rm -f x; ln -s /dev/zero x; rm -f x
                mkdir x; rmdir x; ln -s /etc/passwd x; rm -f x; ln -s x x; rm -f x
                mkdir x; ln -s ../other x/y; rm -rf x
            done 2> /dev/null
            """))
        let accounts = try shell("cat /etc/passwd")
        var reads = 0
        for _ in 0..<100 {
            _ = failure { () throws(SandboxFiles.Failure) in
                let found = String(
                    decoding: try files.read("x", offset: 0, limit: 4096).bytes, as: UTF8.self)
                #expect(["", "text\n", accounts].contains(found) || found.hasPrefix("written"))
                reads += 1
            }
            _ = failure { () throws(SandboxFiles.Failure) in
                try files.write("x", Array("written".utf8), .replace)
            }
            _ = failure { () throws(SandboxFiles.Failure) in
                _ = try files.edit("x", Array("t".utf8), with: Array("t".utf8), all: true)
            }
            _ = failure { () throws(SandboxFiles.Failure) in
                #expect(try files.list("x", countMax: 10).members.count <= 1)
            }
        }
        execution.kill()
        _ = try execution.wait { _, _ in }
        #expect(try shell("cat other") == "secret\n")
        #expect(try shell("cat /etc/passwd") == accounts)
    }

    @Test func `a folder is listed up to a number`() throws {
        _ = try shell("mkdir f; cd f; for i in $(seq 30); do echo $i > n$i; done; ln -s / link")
        let all = try files.list("f", countMax: 100)
        #expect(all.members.count == 31)
        #expect(all.goesOn == false)
        let some = try files.list("f", countMax: 10)
        #expect(some.members.count <= 11)
        #expect(some.goesOn)
    }
}
