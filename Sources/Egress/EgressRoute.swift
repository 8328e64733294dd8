internal import Credentials
internal import HTTP
internal import IO
internal import Identity
internal import Policy
internal import Proxy
internal import Telemetry
internal import Transport

/// An external service as a worker uses it: everything about a request to it that does not depend
/// on the request. A class, so that one is looked up without copying what it holds.
final class EgressRoute: Sendable {
    let service: EgressService
    let name: [UInt8]
    /// Of the name, for the buckets of the limiter.
    let digest: NameDigest
    /// What the service's `Host` says.
    let authority: [UInt8]
    /// What stands before every path.
    let pathPrefix: [UInt8]
    let idleNanoseconds: UInt64
    /// Fields of sandboxes that the service does not get.
    let requestFilter: FieldFilter
    /// Fields of the service that sandboxes do not get.
    let responseFilter: FieldFilter
    let presets: [PresetField]
    let credential: Credential
    let upstream: Upstream
    /// Where the bytes of a CONNECT go; nil when the service allows none.
    let tunnelUpstream: Upstream?
    let cluster: ClusterMetrics?

    /// What the service is given to prove who calls.
    enum Credential: Sendable {
        case none
        /// The data names one that is not configured.
        case unknown
        /// The place in the snapshots of the store.
        case known(Int)
    }

    /// A field of requests that do not have it.
    struct PresetField: Sendable {
        let name: [UInt8]
        let line: [UInt8]

        /// - Parameter known: the name by which the sandbox would say it itself.
        init(_ name: String, _ value: String, as known: String? = nil) {
            self.name = Array((known ?? name).utf8)
            line = Array("\(name): \(value)\r\n".utf8)
        }
    }

    /// - Parameter definition: of the credential, if it is configured.
    init(
        _ service: EgressService, _ links: Links, credential: Credential,
        _ definition: CredentialDefinition?
    ) {
        self.service = service
        self.credential = credential
        upstream = links.upstream
        tunnelUpstream = service.methods.contains("CONNECT") ? links.tunnels : nil
        cluster = links.cluster
        let name = Array(service.name.utf8)
        self.name = name
        digest = NameDigest(name.span)
        authority = Array(service.origin.authority.utf8)
        pathPrefix = Array(service.origin.pathPrefix.utf8)
        idleNanoseconds = service.timeout.nanoseconds
        var dropped = SandboxFields.own.union([.expect])
        // An answer that is compressed could not be searched for the credential.
        if definition != nil { dropped.insert(.acceptEncoding) }
        requestFilter = FieldFilter(
            names: dropped, spelled: definition?.scheme.fieldNames ?? [],
            prefixes: SandboxFields.prefixes, keeping: service.allowsCookies ? [.cookie] : [])
        // A session that a credential of ours began is as good as the credential.
        responseFilter = FieldFilter(
            names: service.allowsCookies ? [] : [.setCookie], prefixes: ["x-sandbox-", "proxy-"])
        presets = Self.presets(service, definition)
    }

    /// What the credential says itself is left out.
    private static func presets(
        _ service: EgressService, _ definition: CredentialDefinition?
    ) -> [PresetField] {
        let said =
            (definition?.scheme.fieldNames ?? [])
            + (definition?.extraFields ?? []).map { $0.name.lowercased() }
        var presets = service.headers
            .filter { !said.contains($0.name) && SandboxFields.canBeSet($0.name) }
            .map { PresetField($0.name, $0.value) }
        // Its name is no field's, so that it is never taken for one that the sandbox sent.
        if definition != nil { presets.append(PresetField("accept-encoding", "identity", as: "")) }
        return presets
    }

    /// Where a service is, and what counts it.
    struct Links: Sendable {
        let upstream: Upstream
        /// The same place, where nothing is done to the bytes.
        let tunnels: Upstream
        let cluster: ClusterMetrics?
    }

    /// The path of a client that named the service's own host: without what the service puts
    /// before every path, so that policy sees the same as when the service is called by name.
    func path(below sent: NormalizedPath) throws(Refusal) -> NormalizedPath {
        guard let forwarded = rest(of: sent.forwarded), let matched = rest(of: sent.matched)
        else { throw .serviceUnknown }
        return NormalizedPath(forwarded: forwarded, matched: matched)
    }

    private func rest(of path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let count = pathPrefix.count
        guard path.count > count, path[count] == UInt8(ascii: "/"), path.starts(with: pathPrefix)
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: path[count...])
    }
}
