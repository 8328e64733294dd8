internal import Bytes

/// What the `Connection` lines of a head say (RFC 9110 §7.6.1).
struct ConnectionOptions {
    var close = false
    var keepAlive = false
    var upgrade = false

    /// Reads the options and marks every field that they name.
    static func read(
        _ fields: inout FieldTable, in bytes: UnsafeRawBufferPointer, optionsMax: Int
    ) throws(HeadError) -> ConnectionOptions {
        var options = ConnectionOptions()
        guard fields.present.contains(.connection) else { return options }
        var count = 0
        for index in 0..<fields.count where fields[index].name == .connection {
            var list = TokenList(fields[index].valueRange.slice(of: bytes))
            while let option = list.next() {
                count += 1
                guard count <= optionsMax, list.isWellFormed else {
                    throw HeadError(.connectionMalformed, at: fields[index].valueRange.start)
                }
                options.add(option, &fields, bytes)
            }
            guard list.isWellFormed else {
                throw HeadError(.connectionMalformed, at: fields[index].valueRange.start)
            }
        }
        return options
    }

    private mutating func add(
        _ option: UnsafeRawBufferPointer, _ fields: inout FieldTable,
        _ bytes: UnsafeRawBufferPointer
    ) {
        if option.equalsFolded("close") {
            close = true
        } else if option.equalsFolded("keep-alive") {
            keepAlive = true
        } else if option.equalsFolded("upgrade") {
            upgrade = true
        } else {
            fields.nominate(option, in: bytes)
        }
    }
}
