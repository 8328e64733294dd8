internal import Bytes
internal import Identity
internal import Rego

/// Reads the members of a bundle's data that the egress relies on, and finds every fault in them.
struct EgressDataReader {
    private(set) var services: [EgressService] = []
    private(set) var tiers: [EgressTier] = []
    /// Positions in `tiers`.
    private(set) var sandboxes: [String: Int] = [:]
    private(set) var warnings: [String] = []
    private(set) var faults: [String] = []

    private static let serviceMembers = [
        "display_name", "description", "base_url", "allowed_methods", "allowed_paths", "auth",
        "timeout", "headers", "allow_cookies", "allow_websocket",
    ]
    private static let tierMembers = ["description", "allowed_services", "rate_limits"]
    private static let limitMembers = ["requests_per_minute", "burst"]
    private static let servicesMax = 10_000
    private static let timeoutDefault = Duration.seconds(120)

    mutating func read(_ data: Value) {
        each(data.object["egress_services"], "egress_services") { reader, name, value, path in
            reader.readService(name, value, path)
        }
        services.sort { $0.name < $1.name }
        if services.count > Self.servicesMax {
            fault("egress_services", "has more than \(Self.servicesMax) services")
        }
        each(data.object["egress_policies"], "egress_policies") { reader, name, value, path in
            reader.readTier(name, value, path)
        }
        each(data.object["sandbox_policies"], "sandbox_policies") { reader, id, value, path in
            reader.readSandbox(id, value, path)
        }
    }

    /// Calls `read` with each member of an object but those that begin with `_`: comments.
    private mutating func each(
        _ value: Value, _ path: String,
        _ read: (inout EgressDataReader, String, Value, String) -> Void
    ) {
        guard value.isDefined else { return }
        guard value.isObject else { return fault(path, "must be an object") }
        for position in 0..<value.object.count {
            let name = value.object.key(at: position).text ?? ""
            guard !name.hasPrefix("_") else { continue }
            read(&self, name, value.object.value(at: position), "\(path).\(name)")
        }
    }

    // MARK: services

    private mutating func readService(_ name: String, _ value: Value, _ path: String) {
        guard Self.isServiceName(name) else {
            return fault(
                path, "is no service's name: lower-case letters, digits, '-', '_' and '.', "
                    + "not ending in .local")
        }
        guard value.isObject else { return fault(path, "must be an object") }
        let members = value.object
        refuseUnknown(members, Self.serviceMembers, path)
        let methods = methods(members["allowed_methods"], path + ".allowed_methods")
        let paths = paths(members["allowed_paths"], path + ".allowed_paths")
        let url = text(members["base_url"], path + ".base_url", isRequired: true)
        guard let url else { return }
        guard let origin = ServiceOrigin(url) else {
            return fault(
                path + ".base_url",
                "must be https:// with a host, and perhaps a port and a plain path")
        }
        let credential = text(members["auth"], path + ".auth")
        if !origin.isTLS, credential != nil {
            warnings.append("\(path).base_url: the credential travels without TLS")
        }
        services.append(
            EgressService(
                name: name, origin: origin, methods: methods, paths: paths, credential: credential,
                timeout: timeout(members["timeout"], path + ".timeout"),
                headers: headers(members["headers"], path + ".headers"),
                allowsCookies: boolean(members["allow_cookies"], path + ".allow_cookies"),
                allowsWebSocket: boolean(
                    members["allow_websocket"], path + ".allow_websocket")))
    }

    private static func isServiceName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100 && !name.hasSuffix(".local")
            && name != EgressTier.anyService && !name.hasPrefix(".") && !name.hasSuffix(".")
            && name.utf8.allSatisfy { byte in
                ASCII.isDigit(byte) || byte &- 0x61 < 26 || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            }
    }

    /// Policy matches them; a list that allows nothing is a mistake.
    private mutating func methods(_ value: Value, _ path: String) -> [String] {
        let methods = texts(value, path) ?? []
        if methods.isEmpty { fault(path, "must be a list with at least one method") }
        for method in methods where method.isEmpty || method != method.uppercased() {
            fault(path, "'\(method)' is no method in upper case")
        }
        return methods
    }

    private mutating func paths(_ value: Value, _ path: String) -> [String]? {
        guard value.isDefined else { return nil }
        let patterns = texts(value, path) ?? []
        for pattern in patterns {
            do throws(Glob.Malformed) {
                _ = try Glob(Array(pattern.utf8).span, separators: [UInt32(UInt8(ascii: "/"))])
            } catch {
                fault(path, "'\(pattern)' is no pattern: \(error.text)")
            }
            if !pattern.hasPrefix("/") && !pattern.hasPrefix("*") {
                fault(path, "'\(pattern)' matches no path: it does not begin with /")
            }
        }
        return patterns
    }

    private mutating func timeout(_ value: Value, _ path: String) -> Duration {
        if value.isUndefined { return Self.timeoutDefault }
        let duration = value.text.flatMap { Duration(written: $0) }
        guard let duration, duration > .zero, duration <= .seconds(86_400) else {
            fault(path, "must be a duration such as 120s, from 1ms to 24h")
            return Self.timeoutDefault
        }
        return duration
    }

    private mutating func headers(_ value: Value, _ path: String) -> [EgressService.Header] {
        var headers: [EgressService.Header] = []
        each(value, path) { reader, name, value, path in
            guard let text = value.text, Self.isHeader(name, text) else {
                return reader.fault(path, "must be a field's name with its value")
            }
            headers.append(EgressService.Header(name: name.lowercased(), value: text))
        }
        return headers
    }

    private static func isHeader(_ name: String, _ value: String) -> Bool {
        name.utf8.count <= 64 && FieldText.isName(name.utf8)
            && value.utf8.count <= 1024 && FieldText.isValue(value.utf8)
    }

    // MARK: tiers and sandboxes

    private mutating func readTier(_ name: String, _ value: Value, _ path: String) {
        guard value.isObject else { return fault(path, "must be an object") }
        let members = value.object
        refuseUnknown(members, Self.tierMembers, path)
        var tier = EgressTier(name: name)
        each(members["rate_limits"], path + ".rate_limits") { reader, service, value, path in
            reader.checkService(service, path)
            tier.limits[service] = reader.limit(value, path)
        }
        let allowed = texts(members["allowed_services"], path + ".allowed_services") ?? []
        if members["allowed_services"].isUndefined {
            fault(path + ".allowed_services", "is missing; [] allows nothing")
        }
        for service in allowed where service != "*" {
            checkService(service, path + ".allowed_services")
        }
        let reached = allowed.contains("*") ? services.map(\.name) : allowed
        for service in reached where tier.limit(for: service) == nil {
            fault(
                path + ".rate_limits",
                "has no limit for the service '\(service)' and no default; -1 means unlimited")
        }
        tiers.append(tier)
    }

    private mutating func checkService(_ name: String, _ path: String) {
        guard name != EgressTier.anyService, !services.contains(where: { $0.name == name }) else {
            return
        }
        fault(path, "there is no service '\(name)' in egress_services")
    }

    /// What cannot be read has no limit, which is a fault of its own only when nothing else is.
    private mutating func limit(_ value: Value, _ path: String) -> EgressTier.Limit? {
        guard value.isObject else {
            fault(path, "must be an object with requests_per_minute")
            return EgressTier.Limit(requestsPerMinute: -1, burst: nil)
        }
        let members = value.object
        refuseUnknown(members, Self.limitMembers, path)
        let burst = members["burst"]
        if burst.isDefined, burst.int64 == nil { fault(path + ".burst", "must be a whole number") }
        guard let rate = members["requests_per_minute"].int64 else {
            fault(
                path + ".requests_per_minute", "must be a whole number; -1 means unlimited")
            return EgressTier.Limit(requestsPerMinute: -1, burst: nil)
        }
        return EgressTier.Limit(
            requestsPerMinute: Int(rate), burst: burst.int64.map { Int($0) })
    }

    private mutating func readSandbox(_ id: String, _ value: Value, _ path: String) {
        guard SandboxName.isValid(Array(id.utf8).span) else {
            return fault(path, "is no sandbox's id")
        }
        guard let tier = value.text else { return fault(path, "must be the name of a tier") }
        guard let position = tiers.firstIndex(where: { $0.name == tier }) else {
            return fault(path, "there is no tier '\(tier)' in egress_policies")
        }
        sandboxes[id] = position
    }

    // MARK: pieces

    private mutating func refuseUnknown(
        _ members: ObjectView, _ known: [String], _ path: String
    ) {
        for position in 0..<members.count {
            let name = members.key(at: position).text ?? ""
            guard !name.hasPrefix("_"), !known.contains(name) else { continue }
            fault("\(path).\(name)", "is not known; known are " + known.joined(separator: ", "))
        }
    }

    private mutating func text(
        _ value: Value, _ path: String, isRequired: Bool = false
    ) -> String? {
        if value.isUndefined {
            if isRequired { fault(path, "is missing") }
            return nil
        }
        guard let text = value.text, !text.isEmpty else {
            fault(path, "must be a string")
            return nil
        }
        return text
    }

    private mutating func boolean(_ value: Value, _ path: String) -> Bool {
        if value.isUndefined { return false }
        guard let boolean = value.boolean else {
            fault(path, "must be true or false")
            return false
        }
        return boolean
    }

    private mutating func texts(_ value: Value, _ path: String) -> [String]? {
        guard value.isDefined else { return nil }
        let found = value.array.buffer.compactMap(\.text)
        guard value.isArray, found.count == value.array.count else {
            fault(path, "must be a list of strings")
            return nil
        }
        return found
    }

    private mutating func fault(_ path: String, _ message: String) {
        faults.append("\(path): \(message)")
    }
}
