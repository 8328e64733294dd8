internal import Bytes

/// The decoders of a worker's exchanges. Those that are free are kept for the next coded response.
final class ContentDecoders {
    private var places: [ContentDecoder?] = []
    private var free: [ContentDecoder] = []

    /// Each has some 40 KiB of zlib's.
    private static let freeMax = 16

    subscript(exchange: UInt32) -> ContentDecoder? {
        Int(exchange) < places.count ? places[Int(exchange)] : nil
    }

    /// False when the system has no memory for another one.
    func begin(_ exchange: UInt32, _ format: Inflater.Format) -> Bool {
        while places.count <= Int(exchange) { places.append(nil) }
        if let decoder = free.popLast() {
            decoder.restart(format)
            places[Int(exchange)] = decoder
            return true
        }
        do throws(GzipError) {
            places[Int(exchange)] = try ContentDecoder(format)
            return true
        } catch {
            return false
        }
    }

    func end(_ exchange: UInt32) {
        guard let decoder = self[exchange] else { return }
        places[Int(exchange)] = nil
        if free.count < Self.freeMax { free.append(decoder) }
    }
}
