internal import Bytes
internal import IO
internal import Telemetry

extension AccessLine {
    /// An address with its port; `unix` for what stands for a Unix socket.
    mutating func endpoint(_ field: AccessField, _ address: SocketAddress) {
        text(field) { line in
            guard address.port > 0 else { return line.append("unix") }
            if !address.isIPv4 { line.append("[") }
            line.append(address: address)
            line.append(address.isIPv4 ? ":" : "]:")
            line.append(decimal: UInt64(address.port))
        }
    }
}
