@testable import Credentials

/// A clock that goes on when the test says so.
struct TestClock {
    private(set) var now = CredentialTime(
        monotonicNanoseconds: 5_000_000_000, wallSeconds: 1_700_000_000)

    mutating func advance(seconds: Int64) {
        now.monotonicNanoseconds += UInt64(seconds) * 1_000_000_000
        now.wallSeconds += seconds
    }
}

/// A store and its clock, without a thread.
struct StoreBench {
    let store: CredentialStore
    var clock = TestClock()

    init(_ definitions: CredentialDefinition..., caPath: String? = nil) throws {
        var options = CredentialOptions()
        options.fetch.certificatesPath = caPath
        store = try CredentialStore(definitions, options, now: clock.now)
    }

    /// One round at the present time. Returns how long until the next one, in seconds.
    @discardableResult
    func round() -> Double {
        let due = store.refresh(at: clock.now, jitter: 0.5, mayWait: true) { _ in }
        return (Double(due) - Double(clock.now.monotonicNanoseconds)) / 1e9
    }

    var state: CredentialState {
        store.current.credential(0, now: clock.now.monotonicNanoseconds)
    }

    /// The field lines that a request gets, or the fault.
    var lines: String {
        switch state {
        case .unavailable(let fault): "\(fault)"
        case .ready(let credential): written { credential.writeFields(to: &$0) }
        }
    }

    func query(_ query: String) -> String {
        switch state {
        case .unavailable(let fault): "\(fault)"
        case .ready(let credential):
            withText(query) { bytes in written { credential.writeQuery(of: bytes, to: &$0) } }
        }
    }

    var detail: String { store.statuses[0].detail }
}
