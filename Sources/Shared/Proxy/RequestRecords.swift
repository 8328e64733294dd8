public import Telemetry
public import Transport

/// A worker's records, one place for each exchange that has ever been open at once.
public struct RequestRecords: ~Copyable {
    public typealias Pointer = UnsafeMutablePointer<RequestRecord>

    private var places: [Pointer?] = []

    public init() {}

    deinit {
        for place in places { place?.deallocate() }
    }

    /// Starts the record of an exchange; what was in its place is gone.
    public mutating func begin(
        _ request: IncomingRequest, requestID: RequestID, trace: TraceContext
    ) -> Pointer {
        let place = place(Int(request.exchange))
        let memory = UnsafeMutableRawPointer(place + 1).assumingMemoryBound(to: UInt8.self)
        place.initialize(
            to: RequestRecord(
                of: request, requestID: requestID, trace: trace, memory: memory))
        return place
    }

    /// The record of an exchange that has begun.
    public subscript(exchange: UInt32) -> Pointer? {
        Int(exchange) < places.count ? places[Int(exchange)] : nil
    }

    /// The record and behind it its texts, in one piece.
    private mutating func place(_ index: Int) -> Pointer {
        while places.count <= index { places.append(nil) }
        if let place = places[index] { return place }
        let bytes = MemoryLayout<RequestRecord>.stride + RequestRecord.memoryBytes
        let place = UnsafeMutableRawPointer.allocate(
            byteCount: bytes, alignment: MemoryLayout<RequestRecord>.alignment
        ).bindMemory(to: RequestRecord.self, capacity: 1)
        places[index] = place
        return place
    }
}
