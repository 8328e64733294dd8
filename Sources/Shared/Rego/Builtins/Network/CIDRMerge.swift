internal import Bytes

/// Reduces blocks to the fewest that cover the same addresses (net.cidr_merge).
struct CIDRMerge {
    private struct Block {
        var first: UInt128
        var last: UInt128
        /// The text to print when nothing was merged into the block.
        var text: [UInt8]?
    }

    private var blocks: [Block] = []

    /// Adds a block, or a single IPv4 address, which stands for the network of its class.
    mutating func add(_ text: Span<UInt8>) throws(BuiltinFault) {
        guard let address = IPAddress(text) else {
            let block = try CIDR(text)
            var out: [UInt8] = []
            block.append(to: &out)
            blocks.append(Block(first: block.first.bits, last: block.last.bits, text: out))
            return
        }
        guard address.isIPv4 else { throw BuiltinFault("IPv6 invalid: needs prefix length") }
        let length = Self.classLength(address)
        let block = CIDR(containing: address, prefix: length + 96)
        var out: [UInt8] = []
        address.append(to: &out)
        out += Array("/\(length)".utf8)
        blocks.append(Block(first: block.first.bits, last: block.last.bits, text: out))
    }

    /// The text of every remaining block.
    mutating func merged() -> [[UInt8]] {
        blocks.sort { ($0.last, $0.first) < ($1.last, $1.first) }
        var index = blocks.count - 1
        while index > 0 {
            let current = blocks[index]
            if Self.previous(current.first) <= blocks[index - 1].last {
                let first = min(current.first, blocks[index - 1].first)
                blocks[index - 1] = Block(first: first, last: current.last, text: nil)
                blocks.remove(at: index)
            }
            index -= 1
        }
        return blocks.flatMap { block in
            block.text.map { [$0] } ?? Self.cover(block.first, block.last)
        }
    }

    /// The largest aligned blocks from left to right; at most 254 of them.
    private static func cover(_ first: UInt128, _ last: UInt128) -> [[UInt8]] {
        var out: [[UInt8]] = []
        var start = first
        while start <= last {
            var free = min(start.trailingZeroBitCount, 128)
            while free > 0 {
                let size = free == 128 ? UInt128.max : (UInt128(1) << UInt128(free)) - 1
                if last - start >= size { break }
                free -= 1
            }
            let block = CIDR(containing: IPAddress(bits: start), prefix: 128 - free)
            var text: [UInt8] = []
            block.append(to: &text)
            out.append(text)
            let (next, overflow) = block.last.bits.addingReportingOverflow(1)
            if overflow { break }
            start = next
        }
        return out
    }

    /// The address before; the first one of a family has none and stays.
    private static func previous(_ bits: UInt128) -> UInt128 {
        bits == 0 || bits == IPAddress.mappedPrefix ? bits : bits - 1
    }

    /// The classes A, B and C of RFC 791 §2.3.
    private static func classLength(_ address: IPAddress) -> Int {
        switch UInt8(truncatingIfNeeded: address.bits >> 24) {
        case 0..<0x80: 8
        case 0x80..<0xC0: 16
        default: 24
        }
    }
}
