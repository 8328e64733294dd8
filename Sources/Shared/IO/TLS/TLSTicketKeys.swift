internal import COpenSSL
internal import Synchronization

/// The keys that session tickets are sealed with (RFC 5077 §4), renewed as time passes. All workers
/// share them, and they outlive a reload of certificates, so a client can come back to any worker.
/// Only handshakes use them: the lock is not on a request's way.
public final class TLSTicketKeys: Sendable {
    /// One key: its name, and what it encrypts and authenticates with. Erased when it is dropped.
    // Never changes after `init`: that makes it Sendable.
    private final class Key: @unchecked Sendable {
        static let nameBytes = 16
        private static let keyBytes = 32
        private let memory: UnsafeMutablePointer<UInt8>

        var name: UnsafeMutablePointer<UInt8> { memory }
        var cipher: UnsafeMutablePointer<UInt8> { memory + Self.nameBytes }
        var mac: UnsafeMutablePointer<UInt8> { cipher + Self.keyBytes }
        static var macBytes: Int { keyBytes }
        private static var count: Int { nameBytes + 2 * keyBytes }

        init?() {
            memory = .allocate(capacity: Self.count)
            guard RAND_priv_bytes(memory, CInt(Self.count)) == 1 else { return nil }
        }

        deinit {
            OPENSSL_cleanse(memory, Self.count)
            memory.deallocate()
        }

        func isCalled(_ other: UnsafePointer<UInt8>) -> Bool {
            CRYPTO_memcmp(name, other, Self.nameBytes) == 0
        }
    }

    private struct State {
        /// The newest first; tickets are made with it, and taken with each.
        var keys: [Key]
        var renewal: UInt64
    }

    /// How long a key makes tickets; it takes them for as long again.
    public let rotationNanoseconds: UInt64
    private let state: Mutex<State>

    /// The key in use and the one before.
    private static let keysMax = 2

    public init(rotationNanoseconds: UInt64) throws(TLSError) {
        guard let first = Key() else { throw .last("session tickets") }
        self.rotationNanoseconds = rotationNanoseconds
        let renewal = Clock.monotonicNanoseconds &+ rotationNanoseconds
        state = Mutex(State(keys: [first], renewal: renewal))
    }

    /// The newest key first; renewed when its time is over.
    private func current(now: UInt64) -> [Key] {
        state.withLock { state in
            guard now >= state.renewal else { return state.keys }
            let isForgotten = now >= state.renewal &+ rotationNanoseconds
            // Without randomness there is no new key: the old one serves on.
            guard let key = Key() else { return state.keys }
            state.keys = isForgotten ? [key] : [key] + state.keys.prefix(Self.keysMax - 1)
            state.renewal = now &+ rotationNanoseconds
            return state.keys
        }
    }

    // MARK: OpenSSL's callback

    /// A ticket being made or taken: the places for its parts.
    struct Ticket {
        let name: UnsafeMutablePointer<UInt8>
        let vector: UnsafeMutablePointer<UInt8>
        let cipher: OpaquePointer
        let mac: OpaquePointer
    }

    /// 1 when the ticket can be sealed, -1 when not.
    func seal(_ ticket: Ticket) -> CInt {
        guard let key = current(now: Clock.monotonicNanoseconds).first,
            RAND_bytes(ticket.vector, EVP_MAX_IV_LENGTH) == 1
        else { return -1 }
        ticket.name.update(from: key.name, count: Key.nameBytes)
        let isReady =
            EVP_EncryptInit_ex(ticket.cipher, EVP_aes_256_cbc(), nil, key.cipher, ticket.vector)
            == 1 && copenssl_set_ticket_mac(ticket.mac, key.mac, Key.macBytes) == 1
        return isReady ? 1 : -1
    }

    /// 1 when the ticket can be opened, 2 when it should be renewed too, 0 when its key is gone.
    func open(_ ticket: Ticket) -> CInt {
        let keys = current(now: Clock.monotonicNanoseconds)
        guard let place = keys.firstIndex(where: { $0.isCalled(ticket.name) }) else { return 0 }
        let key = keys[place]
        let isReady =
            copenssl_set_ticket_mac(ticket.mac, key.mac, Key.macBytes) == 1
            && EVP_DecryptInit_ex(
                ticket.cipher, EVP_aes_256_cbc(), nil, key.cipher, ticket.vector) == 1
        return isReady ? (place == 0 ? 1 : 2) : -1
    }
}
