internal import Bytes

/// `crypto.x509.*` and `crypto.parse_private_keys`.
enum CertificateBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("crypto.x509.parse_certificates", parseCertificates),
        BuiltinEntry("crypto.x509.parse_and_verify_certificates", verify),
        BuiltinEntry("crypto.x509.parse_and_verify_certificates_with_options", verifyWithOptions),
        BuiltinEntry("crypto.x509.parse_certificate_request", parseRequest),
        BuiltinEntry("crypto.x509.parse_keypair", parseKeyPair),
        BuiltinEntry("crypto.x509.parse_rsa_private_key", parseRSAPrivateKey),
        BuiltinEntry("crypto.parse_private_keys", parsePrivateKeys),
    ]

    private static let pemStart = Array("-----BEGIN".utf8)

    /// PEM, base64 of PEM, or base64 of DER.
    private static func certificates(_ text: [UInt8]) throws(BuiltinFault) -> [Certificate] {
        let bytes = text.starts(with: pemStart) ? text : try base64(text)
        let der = bytes.starts(with: pemStart) ? try certificateBlocks(bytes) : bytes
        guard let certificates = Certificate.list(der) else {
            throw BuiltinFault("x509: malformed certificate")
        }
        return certificates
    }

    private static func certificateBlocks(_ text: [UInt8]) throws(BuiltinFault) -> [UInt8] {
        var rest = text[...]
        var der: [UInt8] = []
        while let (block, after) = PEMBlock.first(in: rest) {
            guard block.type == "CERTIFICATE" else {
                throw BuiltinFault("PEM block type is '\(block.type)', expected CERTIFICATE")
            }
            der += block.bytes
            rest = after
        }
        return der
    }

    private static func base64(_ text: [UInt8]) throws(BuiltinFault) -> [UInt8] {
        do throws(Base64.Corrupt) {
            return try Base64.standard.decode(text.span)
        } catch {
            throw BuiltinFault("illegal base64 data at input byte \(error.offset)")
        }
    }

    static func parseCertificates(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        try context.spend(text.count / 4)
        let list = try reporting { () throws(BuiltinFault) in try certificates(Array(text)) }
        return context.arena.array(count: list.count) {
            list[$0].value(context.arena, withURIStrings: true)
        }
    }

    static func verify(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let options = CertificateChain.Options(time: Int(context.nowNanoseconds / 1_000_000_000))
        return try verified(text, options, context, withURIStrings: true)
    }

    static func verifyWithOptions(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let object = try arguments.object(1)
        var options = CertificateChain.Options(time: Int(context.nowNanoseconds / 1_000_000_000))
        for index in 0..<object.count {
            try read(object.key(at: index), object.value(at: index), into: &options)
        }
        return try verified(text, options, context, withURIStrings: false)
    }

    private static func verified(
        _ text: UnsafeRawBufferPointer, _ options: CertificateChain.Options,
        _ context: BuiltinContext, withURIStrings: Bool
    ) throws(BuiltinError) -> Value {
        try context.spend(1_000 + text.count)
        guard let list = try? certificates(Array(text)),
            let chain = CertificateChain.verify(list, options)
        else { return context.arena.array(.false, .emptyArray) }
        let values = context.arena.array(count: chain.count) {
            chain[$0].value(context.arena, withURIStrings: withURIStrings)
        }
        return context.arena.array(.true, values)
    }

    private static func read(
        _ key: Value, _ value: Value, into options: inout CertificateChain.Options
    ) throws(BuiltinError) {
        switch key.string {
        case "DNSName":
            guard let name = value.string else {
                throw .failure("'DNSName' should be a string")
            }
            options.hostName = name.filter { $0 != "\"" }
        case "CurrentTime":
            guard value.isNumber else { throw .failure("'CurrentTime' should be a number") }
            guard let nanoseconds = value.int64 else {
                throw .failure("'CurrentTime' should be a valid int64 number")
            }
            options.time = Int(nanoseconds / 1_000_000_000)
        case "MaxConstraintComparisons":
            guard value.isNumber else {
                throw .failure("'MaxConstraintComparisons' should be a number")
            }
            guard value.int64 != nil else {
                throw .failure("'MaxConstraintComparisons' should be a valid number")
            }
        case "KeyUsages":
            options.usages = try usages(value)
        default:
            if key.isString { throw .failure("invalid key option") }
        }
    }

    private static let usageNames = [
        "KeyUsageAny", "KeyUsageServerAuth", "KeyUsageClientAuth", "KeyUsageCodeSigning",
        "KeyUsageEmailProtection", "KeyUsageIPSECEndSystem", "KeyUsageIPSECTunnel",
        "KeyUsageIPSECUser", "KeyUsageTimeStamping", "KeyUsageOCSPSigning",
        "KeyUsageMicrosoftServerGatedCrypto", "KeyUsageNetscapeServerGatedCrypto",
        "KeyUsageMicrosoftCommercialCodeSigning", "KeyUsageMicrosoftKernelCodeSigning",
    ]

    private static func usages(_ value: Value) throws(BuiltinError) -> Set<Int> {
        guard value.isArray || value.isSet else {
            throw .failure("'KeyUsages' should be an Array or Set")
        }
        var numbers: Set<Int> = []
        var unknown: [String] = []
        for element in value.isArray ? value.array.buffer : value.set.buffer {
            guard let name = element.string?.filter({ $0 != "\"" }) else { continue }
            if let number = usageNames.firstIndex(of: name) {
                numbers.insert(number)
            } else {
                unknown.append(name)
            }
        }
        guard unknown.isEmpty else {
            throw .failure(
                "invalid entries for 'KeyUsages' found: [\(unknown.joined(separator: " "))]")
        }
        return numbers.isEmpty ? [1] : numbers
    }

    static func parseRequest(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = Array(try arguments.string(0))
        try context.spend(text.count / 4)
        return try reporting { () throws(BuiltinFault) in
            let isPEM = text.starts(with: "-----BEGIN CERTIFICATE REQUEST-----".utf8)
            var bytes = isPEM ? text : try base64(text)
            if let (block, _) = PEMBlock.first(in: bytes[...]) {
                guard block.type == "CERTIFICATE REQUEST" else {
                    throw BuiltinFault("invalid PEM-encoded certificate signing request")
                }
                bytes = block.bytes
            }
            guard let request = CertificateRequest(bytes) else {
                throw BuiltinFault("asn1: structure error: not a certificate request")
            }
            return request.value(context.arena)
        }
    }

    static func parsePrivateKeys(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = Array(try arguments.string(0))
        if text.isEmpty { return .null }
        try context.spend(1_000 + text.count)
        let keys = try reporting { () throws(BuiltinFault) in try PrivateKey.list(pem: text) }
        return context.arena.array(count: keys.count) { keys[$0].value(context.arena) }
    }

    static func parseRSAPrivateKey(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = Array(try arguments.string(0))
        guard !text.isEmpty else { throw .failure("input PEM data was empty") }
        try context.spend(1_000 + text.count)
        return try reporting { () throws(BuiltinFault) in
            let pem = text.starts(with: pemStart) ? text : try base64(text)
            return try PrivateKey.list(pem: pem).first?.webKey(context.arena) ?? .null
        }
    }

    static func parseKeyPair(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let certificate = Array(try arguments.string(0))
        let key = Array(try arguments.string(1))
        try context.spend(1_000 + certificate.count + key.count)
        return try reporting { () throws(BuiltinFault) in
            try keyPair(certificate, key, context.arena)
        }
    }

    private static func keyPair(
        _ certificate: [UInt8], _ key: [UInt8], _ arena: Arena
    ) throws(BuiltinFault) -> Value {
        let chain = try certificates(certificate)
        let bytes = key.starts(with: pemStart) ? key : try base64(key)
        var found = try PrivateKey.list(pem: bytes).first
        if !bytes.starts(with: pemStart) { found = PrivateKey(der: bytes) }
        guard let found else {
            throw BuiltinFault("tls: failed to find any PEM data in key input")
        }
        guard Array(chain[0].publicKeyBytes) == found.publicKey else {
            throw BuiltinFault("tls: private key does not match public key")
        }
        var builder = ObjectBuilder(arena, capacity: 6)
        builder.set(
            "Certificate", arena.array(count: chain.count) { GoValue.bytes(chain[$0].bytes, arena) }
        )
        builder.set("PrivateKey", found.value(arena))
        builder.set("SupportedSignatureAlgorithms", .null)
        builder.set("OCSPStaple", .null)
        builder.set("SignedCertificateTimestamps", .null)
        builder.set("Leaf", chain[0].value(arena, withURIStrings: false))
        return builder.finish()
    }
}
