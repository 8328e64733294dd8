internal import COpenSSL
internal import Glibc

/// The secrets that the environment held when the process started. They are taken out of it: no
/// child process and no reader of `/proc/PID/environ` sees them any more.
struct SecretEnvironment: Sendable {
    private var taken: [String: Secret] = [:]
    private var faults: [String: CredentialFault] = [:]

    /// Takes the named variables. To be called before the process has other threads: the C library
    /// does not guard its environment.
    init(taking names: Set<String>) {
        for name in names { take(name) }
    }

    /// The variable's value as it was when the process started, line ends and all.
    func secret(_ name: String) throws(CredentialFault) -> Secret {
        if let secret = taken[name] { return secret }
        throw faults[name] ?? .missing
    }

    private mutating func take(_ name: String) {
        guard let value = getenv(name) else { return }
        let length = strlen(value)
        do throws(CredentialFault) {
            taken[name] = try Secret(copying: UnsafeRawBufferPointer(start: value, count: length))
        } catch {
            faults[name] = error
        }
        // The block that the kernel made for the process is writable, and this is its memory.
        OPENSSL_cleanse(value, length)
        unsetenv(name)
    }
}
