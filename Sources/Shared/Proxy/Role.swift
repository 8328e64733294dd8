public import Transport

/// One of the parts that a process can play. Roles share the workers and know nothing of each other.
public protocol Role: AnyObject, Sendable {
    /// Where it listens, by name, for the log.
    var addresses: [(name: String, address: String)] { get }

    /// Gives a worker its part of the role.
    ///
    /// - Parameter index: the worker's number, from 0.
    func install(on worker: Worker, index: Int) throws(RoleError)

    /// Reads again what can change while it runs; what is not valid changes nothing.
    func reload()

    /// Whether `reload` was asked for since the last time, by somebody who cannot call it.
    func takeReloadRequest() -> Bool

    /// Called every second or so: looks at what may have changed by itself.
    func look()

    /// Lets go of what `reload` replaced, once no worker holds it any more. Called every second.
    func tidy()

    /// Opens log files again, after they were moved away.
    func reopenLogs()

    /// Says that the role takes no new requests.
    func drain()

    /// Writes what is left to be written.
    func finish()
}

extension Role {
    public func look() {}
    public func takeReloadRequest() -> Bool { false }
}
