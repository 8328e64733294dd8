public import SwiftProtobuf

/// One method that a server has.
public struct ServiceMethod: Sendable {
    /// How its code is run.
    enum Body: Sendable {
        /// On the worker, for each message of the client, which is answered by one: for what takes
        /// microseconds. Not repeated for a method that is unary.
        case each(@Sendable ([UInt8], Call) throws(Status) -> [UInt8])
        /// On the worker, once, with the client's only message; the call stays open until whoever
        /// keeps it finishes it.
        case subscription(@Sendable ([UInt8], Call) throws(Status) -> Void)
        /// On a thread that may wait: reads and writes as it likes.
        case blocking(@Sendable (Call) throws(Status) -> Void)
    }

    /// `/package.Service/Method`.
    public let path: String
    /// Whether the client sends any number of messages, and not one.
    let isClientStreaming: Bool
    let isServerStreaming: Bool
    let body: Body
    let codec: Codec
    /// Whether anybody may call it.
    private(set) var isOpen = false

    /// The same method, for callers who need not say who they are.
    public func open() -> ServiceMethod {
        var method = self
        method.isOpen = true
        return method
    }

    // MARK: one message, one answer

    /// Answers on the worker's thread: the code must not wait for anything.
    public static func immediate<Input: Message, Output: Message>(
        _ path: String,
        _ body: @escaping @Sendable (Input, Call) throws(Status) -> Output
    ) -> ServiceMethod {
        ServiceMethod(
            path: path, isClientStreaming: false, isServerStreaming: false,
            body: .each { bytes, call throws(Status) in
                try Codec.encode(try body(try Codec.decode(bytes, as: Input.self), call))
            },
            codec: Codec(Input.self, Output.self))
    }

    /// Answers on a thread of its own, which may wait.
    public static func unary<Input: Message, Output: Message>(
        _ path: String,
        _ body: @escaping @Sendable (Input, Call) throws(Status) -> Output
    ) -> ServiceMethod {
        ServiceMethod(
            path: path, isClientStreaming: false, isServerStreaming: false,
            body: .blocking { call throws(Status) in
                let input = try only(Input.self, of: call)
                try call.write(try Codec.encode(try body(input, call)))
            },
            codec: Codec(Input.self, Output.self))
    }

    // MARK: streams

    /// Sends any number of messages, on a thread of its own.
    public static func serverStreaming<Input: Message, Output: Message>(
        _ path: String,
        _ body: @escaping @Sendable (Input, Call, MessageWriter<Output>) throws(Status) -> Void
    ) -> ServiceMethod {
        ServiceMethod(
            path: path, isClientStreaming: false, isServerStreaming: true,
            body: .blocking { call throws(Status) in
                try body(try only(Input.self, of: call), call, MessageWriter(call))
            },
            codec: Codec(Input.self, Output.self))
    }

    /// Takes any number of messages and answers with one, on a thread of its own.
    public static func clientStreaming<Input: Message, Output: Message>(
        _ path: String,
        _ body: @escaping @Sendable (MessageSource<Input>, Call) throws(Status) -> Output
    ) -> ServiceMethod {
        ServiceMethod(
            path: path, isClientStreaming: true, isServerStreaming: false,
            body: .blocking { call throws(Status) in
                try call.write(try Codec.encode(try body(MessageSource(call), call)))
            },
            codec: Codec(Input.self, Output.self))
    }

    /// Takes and sends any number of messages, on a thread of its own.
    public static func bidirectional<Input: Message, Output: Message>(
        _ path: String,
        _ body:
            @escaping @Sendable (MessageSource<Input>, Call, MessageWriter<Output>) throws(Status)
            -> Void
    ) -> ServiceMethod {
        ServiceMethod(
            path: path, isClientStreaming: true, isServerStreaming: true,
            body: .blocking { call throws(Status) in
                try body(MessageSource(call), call, MessageWriter(call))
            },
            codec: Codec(Input.self, Output.self))
    }

    /// Answers each message with one, on the worker's thread: the code must not wait.
    public static func dialogue<Input: Message, Output: Message>(
        _ path: String,
        _ body: @escaping @Sendable (Input, Call) throws(Status) -> Output
    ) -> ServiceMethod {
        ServiceMethod(
            path: path, isClientStreaming: true, isServerStreaming: true,
            body: .each { bytes, call throws(Status) in
                try Codec.encode(try body(try Codec.decode(bytes, as: Input.self), call))
            },
            codec: Codec(Input.self, Output.self))
    }

    /// Gets the client's message on the worker's thread and keeps the call, to offer messages to it
    /// from wherever and whenever there are some.
    public static func subscription<Input: Message, Output: Message>(
        _ path: String, sending: Output.Type,
        _ body: @escaping @Sendable (Input, Call) throws(Status) -> Void
    ) -> ServiceMethod {
        ServiceMethod(
            path: path, isClientStreaming: false, isServerStreaming: true,
            body: .subscription { bytes, call throws(Status) in
                try body(try Codec.decode(bytes, as: Input.self), call)
            },
            codec: Codec(Input.self, Output.self))
    }

    private static func only<Input: Message>(
        _: Input.Type, of call: Call
    ) throws(Status) -> Input {
        guard let bytes = try call.read() else {
            throw Status(.internal, "the call ended without a message")
        }
        return try Codec.decode(bytes, as: Input.self)
    }
}
