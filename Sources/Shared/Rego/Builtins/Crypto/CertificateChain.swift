internal import COpenSSL

/// Checks that the last of several certificates leads to the first one (RFC 5280 §6).
struct CertificateChain {
    /// What is asked of the chain beside its signatures.
    struct Options {
        var hostName = ""
        /// Seconds since 1970.
        var time: Int
        /// At least one of these must be allowed all along the chain.
        var usages: Set<Int> = [1]
    }

    /// The certificates from the leaf to the root, or nil when there is no valid chain.
    static func verify(_ certificates: [Certificate], _ options: Options) -> [Certificate]? {
        guard certificates.count >= 2 else { return nil }
        defer { ERR_clear_error() }
        let parsed = certificates.map { certificate -> OpaquePointer? in
            Array(certificate.bytes).withUnsafeBufferPointer { buffer in
                var cursor = buffer.baseAddress
                return d2i_X509(nil, &cursor, buffer.count)
            }
        }
        defer { for certificate in parsed { X509_free(certificate) } }
        guard parsed.allSatisfy({ $0 != nil }), let store = X509_STORE_new() else { return nil }
        defer { X509_STORE_free(store) }
        X509_STORE_add_cert(store, parsed[0])
        guard let others = OPENSSL_sk_new_null() else { return nil }
        defer { OPENSSL_sk_free(others) }
        for certificate in parsed[1..<parsed.count - 1] {
            OPENSSL_sk_push(others, UnsafeRawPointer(certificate))
        }
        guard let order = chain(store, parsed, others, options) else { return nil }
        let found = order.map { certificates[$0] }
        return allows(found, options.usages) ? found : nil
    }

    /// The places of the chain's members among the certificates.
    private static func chain(
        _ store: OpaquePointer, _ parsed: [OpaquePointer?], _ others: OpaquePointer,
        _ options: Options
    ) -> [Int]? {
        guard let context = X509_STORE_CTX_new() else { return nil }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, parsed[parsed.count - 1], others) == 1,
            let parameters = X509_STORE_CTX_get0_param(context)
        else { return nil }
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        X509_VERIFY_PARAM_set_time(parameters, options.time)
        X509_VERIFY_PARAM_set_depth(parameters, 100)
        if !options.hostName.isEmpty {
            X509_VERIFY_PARAM_set1_host(parameters, options.hostName, 0)
        }
        guard X509_verify_cert(context) == 1, let chain = X509_STORE_CTX_get0_chain(context)
        else { return nil }
        return (0..<OPENSSL_sk_num(chain)).compactMap { position in
            let member = OPENSSL_sk_value(chain, position).map { OpaquePointer($0) }
            return parsed.firstIndex { X509_cmp($0, member) == 0 }
        }
    }

    /// A certificate without extended usages allows all of them.
    private static func allows(_ chain: [Certificate], _ wanted: Set<Int>) -> Bool {
        guard !wanted.contains(0) else { return true }
        var left = wanted
        for certificate in chain where !certificate.extensions.extendedUsages.isEmpty {
            let known = CertificateExtensions.usageNumbers
            let own = Set(certificate.extensions.extendedUsages.compactMap(known.firstIndex))
            if !own.contains(0) { left.formIntersection(own) }
        }
        return !left.isEmpty
    }
}
