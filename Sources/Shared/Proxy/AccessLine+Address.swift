internal import Bytes
internal import IO
internal import Telemetry

extension AccessLine {
    /// An address without its port.
    mutating func address(_ field: AccessField, _ address: SocketAddress) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
            var line = LineBuilder(memory)
            line.append(address: address)
            text(field, line.bytes.span)
        }
    }

    /// An address with its port.
    mutating func endpoint(_ field: AccessField, _ address: SocketAddress) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
            var line = LineBuilder(memory)
            if !address.isIPv4 { line.append("[") }
            line.append(address: address)
            line.append(address.isIPv4 ? ":" : "]:")
            line.append(decimal: UInt64(address.port))
            text(field, line.bytes.span)
        }
    }
}
