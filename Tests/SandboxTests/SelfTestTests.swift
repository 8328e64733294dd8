internal import Glibc
internal import Sandbox
internal import Testing

/// What a sandbox claims is what no attempt gets around.
struct SelfTestTests {
    @Test(arguments: [IsolationBackend.linuxNative, .container])
    func `nothing breaks out, and most of it would without a sandbox`(
        backend: IsolationBackend
    ) throws {
        let results = try SelfTest(launcher: SandboxLauncher(), backend: backend).run { _ in }
        #expect(results.count == SelfTest.attempts.count)
        #expect(results.count >= 30)
        for result in results {
            #expect(result.verdict != .escaped, "\(result.line)")
        }
        // Who is not root succeeds less often outside as well.
        let proven = results.count { $0.verdict == .blocked && $0.control == .escaped }
        #expect(proven >= (geteuid() == 0 ? 40 : 15))
    }

    /// A check that finds nothing where there is nothing to hold anybody back checks nothing.
    @Test func `without isolation the attempts escape`() throws {
        let results = try SelfTest(launcher: SandboxLauncher(), backend: .hostDirect).run { _ in }
        let escaped = Set(results.filter { $0.verdict == .escaped }.map(\.name))
        for name in ["read-host-file", "host-loopback", "read-memory", "signal-outside"] {
            #expect(escaped.contains(name), "\(name)")
        }
    }
}
