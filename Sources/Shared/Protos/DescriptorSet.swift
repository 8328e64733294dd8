internal import Bytes

/// The definitions of all services and messages here, as the compiler for protocol buffers gives
/// them.
public enum DescriptorSet {
    /// An encoded google.protobuf.FileDescriptorSet.
    public static var bytes: [UInt8] {
        (try? Base64.standard.decode(Array(base64.utf8).span)) ?? []
    }
}
