internal import BigInt

/// RSA keys that are known to be guessable.
enum WeakKeys {
    /// Primes with the subgroup of residues that 65537 generates modulo each.
    private static let fingerprints: [(prime: UInt, residues: Set<UInt>)] = [
        3, 5, 7, 11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
    ].map { (prime: UInt) in
        var residues: Set<UInt> = []
        var power: UInt = 1
        while residues.insert(power).inserted { power = power * 65_537 % prime }
        return (prime, residues)
    }

    /// Whether the modulus bears the mark of the library of CVE-2017-15361 ("ROCA"): modulo every
    /// small prime it is a power of 65537.
    static func isROCA(modulus: BigUInt) -> Bool {
        fingerprints.allSatisfy { $0.residues.contains(UInt(modulus % BigUInt($0.prime))) }
    }
}
