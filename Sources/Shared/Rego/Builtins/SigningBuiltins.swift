internal import Bytes

/// `providers.aws.sign_req`.
enum SigningBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("providers.aws.sign_req", sign)
    ]

    static func sign(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let request = try arguments.object(0)
        guard arguments[1].isObject else {
            throw .operand("operand 1 must be object but got \(arguments[1].typeName)")
        }
        let credentials = try SignatureV4(arguments[1].object)
        guard arguments[2].isNumber else {
            throw .operand("operand 1 must be number but got \(arguments[2].typeName)")
        }
        guard let nanoseconds = arguments[2].int64 else {
            throw .operand("operand 3 could not convert time_ns value into a unix timestamp")
        }
        try WorldBuiltins.checkRequest(arguments)
        let headers = request["headers"]
        guard headers.isUndefined || headers.isObject else {
            throw .operand("operand 0 must be object but got \(headers.typeName)")
        }
        let required: [String] = ["method", "url"]
        let invalid = required.filter { request[context.arena.string($0)].string == nil }
        guard invalid.isEmpty, let method = request["method"].string,
            let address = request["url"].string
        else {
            let names = invalid.map { "\"\($0)\"" }.joined(separator: ", ")
            throw .operand(
                "operand 1 invalid values for required request parameters(s): {\(names)}")
        }
        let signed = try reporting { () throws(BuiltinFault) in
            credentials.sign(
                .init(
                    method: method, url: try GoURL(address), body: body(request),
                    headers: texts(headers.object)),
                at: ZonedTime(unixNanoseconds: nanoseconds, zone: .utc))
        }
        return answer(request, headers.object, signed, context)
    }

    private static func body(_ request: ObjectView) -> [UInt8] {
        if request["raw_body"].isDefined { return Array(request["raw_body"].stringBytes) }
        return request["body"].isDefined ? GoJSON.marshal(request["body"]) : []
    }

    /// Headers that are no text are signed as empty.
    private static func texts(_ headers: ObjectView) -> [(name: String, value: String)] {
        (0..<headers.count).map { index in
            (headers.key(at: index).string ?? "", headers.value(at: index).string ?? "")
        }
    }

    private static func answer(
        _ request: ObjectView, _ headers: ObjectView, _ signed: [(name: String, value: String)],
        _ context: BuiltinContext
    ) -> Value {
        let arena = context.arena
        var all = ObjectBuilder(arena)
        for (name, value) in texts(headers) + signed {
            all.set(arena.string(name), arena.string(value))
        }
        let allHeaders = all.finish()
        var out = ObjectBuilder(arena)
        for index in 0..<request.count {
            out.set(request.key(at: index), request.value(at: index))
        }
        out.set("headers", allHeaders)
        return out.finish()
    }
}
