internal import Bytes

/// Checks key definitions and lays them out for a `KeyIndex`; collects every fault.
struct KeyIndexBuilder {
    static let emptySlot = UInt32.max

    private(set) var records: [KeyRecord] = []
    private(set) var names: [UInt8] = []
    private(set) var faults: [KeyFault] = []
    private(set) var plaintextIDs: [String] = []
    private(set) var slots = [UInt32](repeating: emptySlot, count: 8)

    private let tiers: RateLimitTiers
    private var seen: Set<String> = []
    private var ids: [String] = []
    private var position = 0

    init(tiers: RateLimitTiers) {
        self.tiers = tiers
    }

    mutating func add(_ definition: KeyDefinition) {
        let faultsBefore = faults.count
        defer { position += 1 }
        checkNames(of: definition)
        let validity = checkValidity(of: definition)
        let digest = digest(of: definition)
        let tier = tiers.handle(named: definition.rateLimitTier)
        if tier == nil { fault(definition, .unknownTier(definition.rateLimitTier)) }
        if let digest, let twin = find(digest) {
            fault(definition, .duplicateKey(of: ids[twin]))
        }
        guard faults.count == faultsBefore, let digest, let tier, let validity,
            let id = ByteArena.Slice(appending: definition.id.utf8, to: &names),
            let role = ByteArena.Slice(appending: definition.role.utf8, to: &names)
        else { return }
        let record = KeyRecord(
            digest: digest, notBeforeSeconds: validity.notBefore,
            expiresAtSeconds: validity.expiresAt, id: id, role: role, tier: tier,
            isEnabled: definition.isEnabled)
        insert(record, id: definition.id)
    }

    private mutating func fault(_ definition: KeyDefinition, _ reason: KeyFault.Reason) {
        faults.append(KeyFault(index: position, id: definition.id, reason: reason))
    }

    private mutating func checkNames(of definition: KeyDefinition) {
        let names = [("id", definition.id), ("role", definition.role)]
        for (field, name) in names
        where !isVisible(name, countMax: KeyIndex.nameBytesMax) {
            fault(definition, .badName(field: field))
        }
        if !seen.insert(definition.id).inserted { fault(definition, .duplicateID) }
    }

    private mutating func checkValidity(
        of definition: KeyDefinition
    ) -> (notBefore: Int64, expiresAt: Int64)? {
        let notBefore = seconds(
            definition.notBefore, unset: .min, field: "not_before", of: definition)
        let expiresAt = seconds(
            definition.expiresAt, unset: .max, field: "expires_at", of: definition)
        guard let notBefore, let expiresAt else { return nil }
        if expiresAt <= notBefore { fault(definition, .emptyValidity) }
        return (notBefore, expiresAt)
    }

    private mutating func seconds(
        _ text: String?, unset: Int64, field: String, of definition: KeyDefinition
    ) -> Int64? {
        guard let text else { return unset }
        let seconds = RFC3339.seconds(from: Array(text.utf8).span)
        if seconds == nil { fault(definition, .badTime(field: field)) }
        return seconds
    }

    private mutating func digest(of definition: KeyDefinition) -> KeyDigest? {
        switch definition.secret {
        case .plaintext(let key):
            guard isVisible(key, countMax: KeyIndex.presentedBytesMax) else {
                fault(definition, .badPlaintext)
                return nil
            }
            plaintextIDs.append(definition.id)
            return KeyDigest(hashing: Array(key.utf8).span)
        case .hash(let text):
            guard let digest = KeyDigest(text: Array(text.utf8).span) else {
                fault(definition, .badHash)
                return nil
            }
            return digest
        }
    }

    // What a header field can carry unchanged: neither blanks nor controls (RFC 9110 §5.5).
    private func isVisible(_ text: String, countMax: Int) -> Bool {
        (1...countMax).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E) ~= $0 }
    }
}

// MARK: - The table

extension KeyIndexBuilder {
    private mutating func insert(_ record: KeyRecord, id: String) {
        ids.append(id)
        records.append(record)
        if records.count * 2 > slots.count {
            slots = [UInt32](repeating: Self.emptySlot, count: slots.count * 2)
            for index in records.indices { place(index) }
        } else {
            place(records.count - 1)
        }
    }

    private mutating func place(_ index: Int) {
        var at = Int(truncatingIfNeeded: records[index].digest.hash) & (slots.count - 1)
        while slots[at] != Self.emptySlot { at = (at + 1) & (slots.count - 1) }
        slots[at] = UInt32(truncatingIfNeeded: index)
    }

    private func find(_ digest: KeyDigest) -> Int? {
        var at = Int(truncatingIfNeeded: digest.hash) & (slots.count - 1)
        while slots[at] != Self.emptySlot {
            if records[Int(slots[at])].digest.matches(digest) { return Int(slots[at]) }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }
}
