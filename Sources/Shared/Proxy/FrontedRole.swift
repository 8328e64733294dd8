public import Bytes
public import IO

/// A role with a `RoleFront`: what is left for it to say is what it does with requests.
public protocol FrontedRole: Role, AdminHandler.Source {
    var front: RoleFront { get }
}

extension FrontedRole {
    public var addresses: [(name: String, address: String)] {
        [
            ("\(front.role.name)", front.address),
            ("\(front.role.name)_admin", front.adminAddress),
        ]
    }

    public func reload() { front.reload() }
    public func look() { front.tls?.reloadIfChanged() }
    public func reopenLogs() { front.accessLog?.reopen() }
    public func tidy() { front.policies.tidy() }
    public func drain() { front.vitals.drain() }
    public func finish() { front.finish() }

    public var isReady: Bool { front.vitals.isReady }
    public var certificates: [TLSCertificate] { front.tls?.certificates ?? [] }
    public func metrics() -> [UInt8] { front.metrics.registry.render() }

    public func describe(to writer: inout JSONWriter) { front.describe(to: &writer) }
}
