internal import Bytes

/// `crypto.*` hashes and authentication codes, as hexadecimal text.
enum CryptoBuiltins {
    static let table: [BuiltinEntry] =
        [
            ("md5", Digest.md5), ("sha1", .sha1), ("sha256", .sha256),
        ].map { name, digest in
            BuiltinEntry("crypto." + name) { context, arguments throws(BuiltinError) in
                let text = try arguments.string(0)
                try context.spend(text.count / 16)
                return context.arena.string(Hex.encode(digest.hash(text).span))
            }
        }
        + [
            ("md5", Digest.md5), ("sha1", .sha1), ("sha256", .sha256), ("sha512", .sha512),
        ].map { name, digest in
            BuiltinEntry("crypto.hmac." + name) { context, arguments throws(BuiltinError) in
                let message = try arguments.string(0)
                let key = try arguments.string(1)
                try context.spend(message.count / 16)
                let code = digest.authenticate(message, key: key)
                return context.arena.string(Hex.encode(code.span))
            }
        }
        + [
            BuiltinEntry("crypto.hmac.equal") { _, arguments throws(BuiltinError) in
                let left = try arguments.string(0)
                return Value(Digest.isEqual(left, try arguments.string(1)))
            }
        ]
}
