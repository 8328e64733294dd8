internal import Bytes

/// AWS Signature Version 4 for a request's headers.
struct SignatureV4 {
    /// What is signed.
    struct Request {
        let method: String
        let url: GoURL
        let body: [UInt8]
        let headers: [(name: String, value: String)]
    }

    private let accessKey: String
    private let secretKey: String
    private let region: String
    private let service: String
    private let sessionToken: String
    private let isPayloadUnsigned: Bool

    /// Headers that may change on the way and are not signed.
    private static let ignored: Set<String> = ["authorization", "user-agent", "x-amzn-trace-id"]

    private static let required: [StaticString] = [
        "aws_access_key", "aws_region", "aws_secret_access_key", "aws_service",
    ]

    /// From the configuration object of providers.aws.sign_req.
    init(_ object: ObjectView) throws(BuiltinError) {
        func names(_ keys: [StaticString]) -> String {
            keys.map { "\"\($0)\"" }.joined(separator: ", ")
        }
        let missing = Self.required.filter { object[$0].isUndefined }
        guard missing.isEmpty else {
            throw .operand(
                "operand 2 missing required AWS config parameters(s): {\(names(missing))}")
        }
        let invalid = Self.required.filter { !object[$0].isString }
        guard invalid.isEmpty else {
            throw .operand(
                "operand 2 invalid values for required AWS config parameters(s): "
                    + "{\(names(invalid))}")
        }
        accessKey = object["aws_access_key"].string ?? ""
        secretKey = object["aws_secret_access_key"].string ?? ""
        region = object["aws_region"].string ?? ""
        service = object["aws_service"].string ?? ""
        sessionToken = object["aws_session_token"].string ?? ""
        let unsigned = object["disable_payload_signing"]
        guard unsigned.isUndefined || unsigned.isBoolean else {
            throw .operand("operand 2 invalid value for 'disable_payload_signing' in AWS config")
        }
        isPayloadUnsigned = unsigned.isTrue
    }

    /// The headers to add, `Authorization` first.
    func sign(_ request: Request, at time: ZonedTime) -> [(name: String, value: String)] {
        let date = Self.text(TimeFormatter.format(time, Array("20060102".utf8)))
        let stamp = Self.text(TimeFormatter.format(time, Array("20060102T150405Z".utf8)))
        let bodyHash =
            isPayloadUnsigned ? "UNSIGNED-PAYLOAD" : Self.hex(Digest.sha256.hash(request.body))
        var added = [("host", request.url.host), ("x-amz-date", stamp)]
        if service == "s3" || service == "glacier" || isPayloadUnsigned {
            added.append(("x-amz-content-sha256", bodyHash))
        }
        if !sessionToken.isEmpty { added.append(("x-amz-security-token", sessionToken)) }
        var signed: [String: String] = [:]
        for (name, value) in added { signed[name] = value }
        for (name, value) in request.headers where !Self.ignored.contains(name.lowercased()) {
            signed[name.lowercased()] = value
        }
        let names = signed.keys.sorted()
        let list = names.joined(separator: ";")
        var canonical = [request.method, request.url.escapedPath, request.url.rawQuery]
        canonical += names.map { "\($0):\(signed[$0] ?? "")" }
        canonical += ["", list, bodyHash]
        let scope = "\(date)/\(region)/\(service)/aws4_request"
        let toSign = [
            "AWS4-HMAC-SHA256", stamp, scope,
            Self.hex(Digest.sha256.hash(Array(canonical.joined(separator: "\n").utf8))),
        ].joined(separator: "\n")
        let signature = Self.hex(
            Digest.sha256.authenticate(Array(toSign.utf8), key: signingKey(date)))
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope),SignedHeaders=\(list),"
            + "Signature=\(signature)"
        return [("Authorization", authorization)] + added
    }

    private func signingKey(_ date: String) -> [UInt8] {
        [date, region, service, "aws4_request"].reduce(Array("AWS4\(secretKey)".utf8)) {
            Digest.sha256.authenticate(Array($1.utf8), key: $0)
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func hex(_ bytes: [UInt8]) -> String { text(Hex.encode(bytes.span)) }
}
