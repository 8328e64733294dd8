/// Who makes a request.
public enum Principal: Hashable, Sendable {
    case anonymous
    case key(KeyHandle)
}
