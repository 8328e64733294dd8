@testable import Credentials
import Glibc
import Testing

struct SecretTests {
    private struct Holder {
        let name = "openai"
        let secret: Secret
    }

    @Test func `no way of printing shows a secret`() throws {
        let secret = try Secret("sk-planted-4711")
        var dumped = ""
        dump(Holder(secret: secret), to: &dumped)
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), dumped,
            "\(Holder(secret: secret))", "\(Optional(secret) as Any)", "\([secret])",
            "\(Mirror(reflecting: secret).children.map { "\($0)" })",
            "\(Result<Secret, CredentialFault>.success(secret))",
        ]
        #expect(texts.allSatisfy { !$0.isEmpty && !$0.contains("planted") && !$0.contains("4711") })
        #expect("\(secret)" == "[secret]")
        #expect(!((secret as Any) is any Encodable))
        #expect(!((secret as Any) is any Hashable))
    }

    @Test(arguments: [("abcd", "abcd", true), ("abcd", "abce", false), ("abcd", "abcde", false)])
    func `secrets are compared as a whole`(left: String, right: String, isEqual: Bool) throws {
        #expect(try Secret(left).isEqual(to: Secret(right)) == isEqual)
    }

    @Test func `memory is left out of core dumps and locked where that is allowed`() throws {
        let secret = try Secret("sk-planted-4711")
        let address = secret.withBytes { UInt(bitPattern: $0.baseAddress) }
        let maps = try String(decoding: Self.read("/proc/self/smaps"), as: UTF8.self)
        let blocks = maps.split(separator: "\n").drop { line in
            !line.hasPrefix(String(address, radix: 16)) && !Self.covers(line, address)
        }
        let flags = try #require(blocks.first { $0.hasPrefix("VmFlags:") })
        #expect(flags.split(separator: " ").contains("dd"))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit)
        if limit.rlim_cur > 1 << 20 { #expect(flags.split(separator: " ").contains("lo")) }
    }

    private static func covers(_ line: Substring, _ address: UInt) -> Bool {
        let ends = line.prefix { $0 != " " }.split(separator: "-")
        guard ends.count == 2, let start = UInt(ends[0], radix: 16),
            let end = UInt(ends[1], radix: 16)
        else { return false }
        return (start..<end).contains(address)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
        }
    }

    @Test func `wiped bytes are zero`() throws {
        let memory = try SecretMemory(capacity: 100)
        memory.bytes.copyBytes(from: "sk-planted-4711".utf8)
        SecretMemory.wipe(memory.bytes)
        #expect(memory.bytes.allSatisfy { $0 == 0 })
    }

    @Test func `a secret that is too long is refused`() {
        let bytes = [UInt8](repeating: 65, count: Secret.bytesMax + 1)
        #expect(throws: CredentialFault.tooLong) {
            try bytes.withUnsafeBytes { try Secret(copying: $0) }
        }
    }
}
