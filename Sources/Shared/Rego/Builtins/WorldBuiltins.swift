internal import Bytes

/// What touches the world, all of it granted by the host: `http.send`, `opa.runtime`, printing.
enum WorldBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("http.send", httpSend),
        BuiltinEntry("opa.runtime", runtime),
        BuiltinEntry("trace") { _, arguments throws(BuiltinError) in
            _ = try arguments.string(0)
            return .true
        },
        BuiltinEntry("print", print),
        BuiltinEntry("internal.print", internalPrint),
        BuiltinEntry("internal.test_case") { _, _ throws(BuiltinError) in .true },
        BuiltinEntry("internal.template_string", templateString),
    ]

    private static let requestKeys: Set<String> = [
        "method", "url", "body", "enable_redirect", "force_json_decode", "force_yaml_decode",
        "headers", "raw_body", "tls_use_system_certs", "tls_ca_cert", "tls_ca_cert_file",
        "tls_ca_cert_env_variable", "tls_client_cert", "tls_client_cert_file",
        "tls_client_cert_env_variable", "tls_client_key", "tls_client_key_file",
        "tls_client_key_env_variable", "tls_insecure_skip_verify", "tls_server_name", "timeout",
        "cache", "force_cache", "force_cache_duration_seconds", "raise_error", "caching_mode",
        "max_retry_attempts", "cache_ignored_headers",
    ]

    static func httpSend(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        try checkRequest(arguments)
        guard let send = context.host.httpSend else {
            throw .failure("network access is not allowed")
        }
        return try send(context, arguments)
    }

    /// The request of http.send and providers.aws.sign_req: known fields only, and the two that
    /// it cannot do without.
    static func checkRequest(_ arguments: BuiltinArguments) throws(BuiltinError) {
        let request = try arguments.object(0)
        var unknown: [String] = []
        for index in 0..<request.count {
            let name = request.key(at: index).string
            if name.map(requestKeys.contains) != true {
                unknown.append(TermText.string(request.key(at: index)))
            }
        }
        guard unknown.isEmpty else {
            throw .operand(
                "operand 1 invalid request parameters(s): {\(unknown.joined(separator: ", "))}")
        }
        let required: [String] = ["method", "url"]
        let missing = required.filter { name in
            !(0..<request.count).contains { request.key(at: $0).string == name }
        }
        guard missing.isEmpty else {
            let names = missing.map { GoQuote.quote($0) }.joined(separator: ", ")
            throw .operand("operand 1 missing required request parameters(s): {\(names)}")
        }
    }

    static func runtime(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        try reporting { () throws(BuiltinFault) in
            try context.host.runtimeJSON.withRawBytes { bytes throws(BuiltinFault) in
                try GoJSON.unmarshal(bytes, context)
            }
        }
    }

    static func print(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let parts = (0..<arguments.count).map { display(arguments[$0]) }
        context.host.printLine?(parts.joined(separator: " "))
        return .true
    }

    /// One line for each combination of what the operands can be.
    static func internalPrint(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let operands = try arguments.array(0)
        guard let printLine = context.host.printLine else { return .true }
        var lines: [[String]] = [[]]
        for operand in operands.buffer {
            let choices =
                operand.set.count == 0
                ? ["<undefined>"] : operand.set.buffer.map(display)
            try context.spend(lines.count * choices.count)
            lines = lines.flatMap { line in choices.map { line + [$0] } }
        }
        for line in lines { printLine(line.joined(separator: " ")) }
        return .true
    }

    /// Strings as they are, everything else as a term.
    private static func display(_ value: Value) -> String {
        value.string ?? TermText.string(value)
    }

    /// The parts of a template string in a row: text, or the set of what an expression yields.
    static func templateString(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        var out = StringBuilder(context.arena)
        for part in try arguments.array(0).buffer {
            var value = part
            if part.isSet {
                guard part.set.count <= 1 else {
                    throw .halt("template-strings must not produce multiple outputs")
                }
                value = part.set[0]
                if part.set.count == 0 {
                    out.append("<undefined>")
                    continue
                }
            }
            if value.isString {
                out.append(value.stringBytes)
            } else {
                var text: [UInt8] = []
                TermText.append(value, to: &text)
                text.withUnsafeBytes { out.append($0) }
            }
            try context.spend(1 + out.count / 256)
        }
        return out.finish()
    }
}
