internal import Bytes
internal import Fetch

/// Asks a server for a token and reads its answer.
struct TokenServer {
    let client: FetchClient

    /// The answer to one request, if it is a success with a document.
    func ask(_ request: consuming FetchRequest) throws(SecretFailure) -> Answer {
        var request = request
        defer { request.wipe() }
        let response: FetchResponse
        do throws(FetchError) {
            response = try client.send(request)
        } catch {
            throw SecretFailure(
                fault: .serverFailed, detail: "\(Self.place(request.url)): \(error)")
        }
        guard (200..<300).contains(response.status) else {
            let refused = (400..<500).contains(response.status) && response.status != 429
            throw SecretFailure(
                fault: refused ? .serverRefused : .serverFailed,
                detail: "\(Self.place(request.url)): status \(response.status)")
        }
        return Answer(content: response.content, place: Self.place(request.url))
    }

    /// The URL without a query, which might hold something.
    private static func place(_ url: String) -> String {
        String(url.prefix { $0 != "?" && $0 != "#" })
    }

    /// A document with a token in it, wiped when it is not needed any more.
    final class Answer {
        private var content: [UInt8]
        private let place: String

        init(content: [UInt8], place: String) {
            self.content = content
            self.place = place
        }

        deinit { content.withUnsafeMutableBytes { SecretMemory.wipe($0) } }

        /// What `read` finds in it.
        func read<Result>(
            _ read: (SecretDocument) throws(CredentialFault) -> Result?
        ) throws(SecretFailure) -> Result {
            let content = content
            do throws(CredentialFault) {
                let found = try content.span.withUnsafeBytes { bytes throws(CredentialFault) in
                    try read(SecretDocument(bytes))
                }
                if let found { return found }
            } catch {
                throw SecretFailure(
                    fault: .serverFailed, detail: "\(place): the answer is \(error)")
            }
            throw SecretFailure(fault: .serverFailed, detail: "\(place): no token in the answer")
        }
    }
}
