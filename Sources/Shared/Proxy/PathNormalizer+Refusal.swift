public import HTTP
public import Transport

extension PathNormalizer {
    /// The request's path in its normal form, or the refusal of one that readers could disagree on.
    public mutating func normalize(
        _ head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> NormalizedPath {
        do throws(PathError) {
            return try normalize(head.path.slice(of: request.bytes))
        } catch {
            throw .targetAmbiguous
        }
    }
}
