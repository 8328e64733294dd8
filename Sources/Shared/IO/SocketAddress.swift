internal import CLinux
internal import Glibc

/// Where a socket is bound or connected: an IP address with a port. Trivial, so that a connection
/// keeps it without a reference.
public struct SocketAddress: Equatable, Sendable, BitwiseCopyable {
    /// The 16 bytes of an IPv6 address in network order; an IPv4 address is mapped (RFC 4291 §2.5.5.2).
    public let high: UInt64
    public let low: UInt64
    public let port: UInt16
    public let isIPv4: Bool

    /// An IPv4 address, most significant byte first as one number: 127.0.0.1 is `0x7F00_0001`.
    public init(ipv4: UInt32, port: UInt16) {
        high = 0
        low = 0xFFFF_0000_0000 | UInt64(ipv4)
        self.port = port
        isIPv4 = true
    }

    public init(ipv6High: UInt64, low: UInt64, port: UInt16) {
        high = ipv6High
        self.low = low
        self.port = port
        isIPv4 = false
    }

    /// Parses a literal such as `127.0.0.1` or `::1`; nil for anything else, names included.
    public init?(literal: String, port: UInt16) {
        var four = in_addr()
        if inet_pton(AF_INET, literal, &four) == 1 {
            self.init(ipv4: UInt32(bigEndian: four.s_addr), port: port)
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, literal, &six) == 1 else { return nil }
        self = SocketAddress(six, port: port)
    }

    /// From 4 or 16 bytes in network order; nil for another number of them.
    init?(networkBytes bytes: UnsafeBufferPointer<UInt8>) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        switch bytes.count {
        case 4: self.init(ipv4: UInt32(truncatingIfNeeded: number(bytes)), port: 0)
        case 16:
            self.init(
                ipv6High: number(bytes.prefix(8)), low: number(bytes.dropFirst(8)), port: 0)
        default: return nil
        }
    }

    init(_ address: in6_addr, port: UInt16) {
        let (high, low) = withUnsafeBytes(of: address) {
            (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(ipv6High: high, low: low, port: port)
    }

    /// From an address as the system's calls have it; nil for a family other than IPv4 and IPv6.
    init?(copying source: UnsafePointer<sockaddr>, length: Int) {
        var storage = sockaddr_storage()
        let size = min(length, MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: source, count: size))
        }
        self.init(storage)
    }

    /// From what the kernel filled in; nil for a family other than IPv4 and IPv6.
    init?(_ storage: sockaddr_storage) {
        switch CInt(storage.ss_family) {
        case AF_INET:
            self = withUnsafeBytes(of: storage) {
                let four = $0.loadUnaligned(as: sockaddr_in.self)
                return SocketAddress(
                    ipv4: UInt32(bigEndian: four.sin_addr.s_addr),
                    port: UInt16(bigEndian: four.sin_port))
            }
        case AF_INET6:
            self = withUnsafeBytes(of: storage) {
                let six = $0.loadUnaligned(as: sockaddr_in6.self)
                return SocketAddress(six.sin6_addr, port: UInt16(bigEndian: six.sin6_port))
            }
        default: return nil
        }
    }

    /// The same address with another port.
    func with(port: UInt16) -> SocketAddress {
        isIPv4
            ? SocketAddress(ipv4: UInt32(truncatingIfNeeded: low), port: port)
            : SocketAddress(ipv6High: high, low: low, port: port)
    }

    var family: CInt { isIPv4 ? AF_INET : AF_INET6 }

    /// Calls `body` with the address as the kernel wants it.
    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        isIPv4 ? withIPv4(body) : withIPv6(body)
    }

    private func withIPv4<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func withIPv6<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) {
            $0.storeBytes(of: high.bigEndian, as: UInt64.self)
            $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `127.0.0.1:80` or `[::1]:80`.
    public var description: String { isIPv4 ? "\(host):\(port)" : "[\(host)]:\(port)" }

    /// The address without its port.
    public var host: String {
        var text = [CChar](repeating: 0, count: 64)
        withSockaddr { address, length in
            _ = getnameinfo(
                address, length, &text, socklen_t(text.count), nil, 0, CInt(NI_NUMERICHOST))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
