internal import Bytes

/// What an algorithm is made of.
extension SignatureAlgorithm {
    enum Family { case hmac, pkcs1, pss, ecdsa, eddsa }

    var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512: .pkcs1
        case .ps256, .ps384, .ps512: .pss
        case .es256, .es384, .es512: .ecdsa
        case .edDSA: .eddsa
        }
    }

    /// The hash; EdDSA has its own and asks for none.
    var digest: Digest? {
        switch self {
        case .hs256, .rs256, .ps256, .es256: .sha256
        case .hs384, .rs384, .ps384, .es384: .sha384
        case .hs512, .rs512, .ps512, .es512: .sha512
        case .edDSA: nil
        }
    }

    /// The curve that goes with an ECDSA algorithm (RFC 7518 §3.4).
    var curve: EllipticCurve? {
        switch self {
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        default: nil
        }
    }

    /// Whether a key whose `alg` is this one may check signatures of `other`: of the same
    /// algorithm, or for RSA of the same scheme with a longer digest, as Wycheproof's RFC 7520
    /// cases ask. What a key asks for is never weakened, and never becomes another scheme
    /// (RFC 8725 §3.1).
    func covers(_ other: SignatureAlgorithm) -> Bool {
        guard self != other else { return true }
        guard family == other.family, family == .pss || family == .pkcs1,
            let own = digest, let others = other.digest
        else { return false }
        return own.byteCount < others.byteCount
    }
}
