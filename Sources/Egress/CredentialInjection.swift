internal import Bytes
internal import Credentials
internal import HTTP
internal import Proxy
internal import Transport

/// Puts a service's credential into a request: the last thing before it goes out, and the only
/// place that has both.
struct CredentialInjection: ~Copyable {
    /// The query with the credential in it.
    private let query: UndumpedMemory

    private static let parameterBytesMax = 16 << 10

    /// - Parameter targetBytesMax: of a request's target as it comes in.
    init(targetBytesMax: Int) {
        query = UndumpedMemory(byteCount: targetBytesMax + Self.parameterBytesMax)
    }

    /// What the service is asked for.
    struct Target {
        let path: UnsafeRawBufferPointer
        let query: UnsafeRawBufferPointer

        init(path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?) {
            self.path = path
            self.query = query ?? UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    /// What became of a request.
    enum Outcome {
        case done
        /// What goes out in place of the client's query.
        case query(UnsafeRawBufferPointer)
        /// Its content is part of the signature: ask again once all of it is there.
        case needsContent(bytesMax: Int)
    }

    /// The most content that is gathered for a signature.
    private static let contentBytesMax = 1 << 20

    /// Adds what the credential sends to `reply`.
    func add(
        _ credential: ReadyCredential, _ route: EgressRoute, _ target: Target,
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) throws(Refusal) -> Outcome {
        credential.eachExtraField { name, value in
            guard !head.fields.has(name, in: request.bytes) else { return }
            reply.lines.append(name.assumingMemoryBound(to: UInt8.self))
            reply.lines.append(": ")
            reply.lines.append(value.assumingMemoryBound(to: UInt8.self))
            reply.lines.append("\r\n")
        }
        switch credential.placement {
        case .fields:
            credential.writeFields(to: &reply.lines)
            return .done
        case .query: return .query(try writeQuery(credential, target))
        case .signature: return try sign(credential, route, target, head, request, reply)
        }
    }

    private func writeQuery(
        _ credential: ReadyCredential, _ target: Target
    ) throws(Refusal) -> UnsafeRawBufferPointer {
        var line = LineBuilder(query.bytes.bindMemory(to: UInt8.self))
        credential.writeQuery(of: target.query, to: &line)
        guard !line.isOverflowed else { throw .transport(.headTooLarge) }
        return UnsafeRawBufferPointer(line.bytes)
    }

    private func sign(
        _ credential: ReadyCredential, _ route: EgressRoute, _ target: Target,
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) throws(Refusal) -> Outcome {
        let content = request.contentIsComplete == true || head.framing == .none
        let signed = SignedRequest(
            method: head.methodRange.slice(of: request.bytes), path: target.path,
            query: target.query,
            host: route.authority.withUnsafeBytes { $0 },
            content: content ? request.content : nil,
            wallSeconds: request.wallNanoseconds / 1_000_000_000)
        guard var signer = credential.signer(for: signed) else { throw .credentialUnavailable }
        for index in 0..<head.fields.count where !head.fields[index].isNominated {
            let field = head.fields[index]
            signer.add(
                field.nameRange.slice(of: request.bytes), field.valueRange.slice(of: request.bytes))
        }
        switch signer.writeFields(to: &reply.lines) {
        case .written: return .done
        case .needsContent:
            guard request.contentIsComplete == nil else { throw .contentTooLargeToSign }
            return .needsContent(bytesMax: Self.contentBytesMax)
        case .refused: throw .requestNotSignable
        }
    }
}
