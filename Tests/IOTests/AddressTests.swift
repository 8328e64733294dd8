import Bytes
import IO
import Testing

/// Which addresses and names a service may have.
struct AddressTests {
    private static func address(_ text: String) throws -> SocketAddress {
        try #require(SocketAddress(literal: text, port: 80))
    }

    @Test(arguments: [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.169.254", "172.16.0.0",
        "172.31.255.255", "192.0.0.8", "192.0.2.255", "192.88.99.1", "192.168.255.255",
        "198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.255", "224.0.0.1",
        "239.255.255.255", "240.0.0.0", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8",
        "100::1", "2001::1", "2001:0:7f00:1::", "2001:1ff:ffff::1", "2001:db8::1",
        "2002:808:808::1", "3fff:fff:ffff::1", "4000::1", "5f00::1", "fc00::1", "fdff::1",
        "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
    ])
    func `an address that does not lead to the internet is refused`(text: String) throws {
        #expect(try !AddressRule.global.admits(Self.address(text)))
    }

    @Test(arguments: [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "168.63.129.15", "169.253.255.255", "169.255.0.0", "172.15.255.255",
        "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
        "198.20.0.0", "223.255.255.255", "8.8.8.8",
        "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700:4700::1111", "2a00::1",
        "3ffe:ffff::1", "64:ff9b::8.8.8.8",
    ])
    func `an address of the internet is admitted`(text: String) throws {
        #expect(try AddressRule.global.admits(Self.address(text)))
    }

    @Test(arguments: [
        ("private", "10.1.2.3", true), ("private", "192.168.0.1", true), ("private", "fd00::1", true),
        ("private", "127.0.0.1", false), ("private", "169.254.169.254", false),
        ("private", "::ffff:10.1.2.3", false), ("private", "8.8.8.8", true),
        ("loopback", "127.9.9.9", true), ("loopback", "::1", true), ("loopback", "10.0.0.1", false),
        ("10.1.0.0/16", "10.1.255.255", true), ("10.1.0.0/16", "10.2.0.0", false),
        ("127.0.0.2", "127.0.0.2", true), ("127.0.0.2", "127.0.0.1", false),
        ("fd00:1::/32", "fd00:1:ffff::1", true), ("fd00:1::/32", "fd00:2::1", false),
        ("0.0.0.0/0", "127.0.0.1", true), ("0.0.0.0/0", "::1", false), ("::/0", "::1", true),
    ])
    func `what an operator allows is admitted, and nothing beside it`(
        word: String, text: String, isAdmitted: Bool
    ) throws {
        let rule = AddressRule(allowing: try #require(AddressRule.blocks(named: word)))
        #expect(try rule.admits(Self.address(text)) == isAdmitted)
    }

    @Test(arguments: [
        "", "all", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/-1", "10/8",
        "10.0.0.0/8/8", "fd00::/129", "fd00::1/64", "::1%lo", "0x7f000001", "127.1", "localhost",
    ])
    func `what is no block is none`(word: String) {
        #expect(AddressRule.blocks(named: word) == nil)
    }

    @Test(arguments: [
        ("api.openai.com", "api.openai.com"), ("API.OpenAI.com", "api.openai.com"),
        ("_dmarc.a-b.test", "_dmarc.a-b.test"), ("agentd", "agentd"), ("xn--nxasmq6b.test", "xn--nxasmq6b.test"),
    ])
    func `a plain name is one, in lower case`(text: String, expected: String) {
        #expect(DomainName(text)?.text == expected)
    }

    @Test(arguments: [
        "", ".", "a.", "a..b", ".a", "-a.test", "a-.test", "127.0.0.1", "127.1", "2130706433",
        "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "a.0x7f", "a.1", "[::1]", "::1", "a b", "a%2eb",
        "a\t", "a\0.test", "１２７.0.0.1", "①", "bücher.test", "a/b", "a@b", "a:1", "a\\b", "a#b",
        String(repeating: "a", count: 64) + ".test",
        String(repeating: "a.", count: 126) + "test",
    ])
    func `what could be read in two ways is no name`(text: String) {
        #expect(DomainName(text) == nil)
    }

    @Test(arguments: [
        "localhost", "LOCALHOST", "a.localhost", "localhost.localdomain", "ip6-localhost",
        "metadata.google.internal", "printer.local", "nas.home.arpa",
    ])
    func `a name of this machine or its network needs to be allowed`(text: String) throws {
        let name = try #require(DomainName(text))
        #expect(!AddressRule.global.admits(name))
        #expect(AddressRule.any.admits(name))
    }
}
