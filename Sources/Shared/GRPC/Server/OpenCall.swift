/// A call on its worker: what came of it, and what was sent.
final class OpenCall {
    let call: Call
    let method: Method
    let dialect: Dialect
    /// Whether messages to the client are compressed.
    let compresses: Bool
    let started: UInt64
    var content: RequestContent
    var messagesReceived = 0
    var messagesSent = 0
    /// The only message of a response that is JSON and no stream, until the status is known.
    var single: [UInt8]?
    /// Goes with the head.
    var initial = Metadata()
    var hasBegun = false
    /// The client takes nothing now: what follows waits in the call.
    var isBehind = false
    /// The status is sent, or cannot be any more.
    var isOver = false
    /// What the call ended with, once that is known.
    var status: Status??

    init(
        _ call: Call, _ method: Method, _ dialect: Dialect, compresses: Bool, started: UInt64,
        content: RequestContent
    ) {
        self.call = call
        self.method = method
        self.dialect = dialect
        self.compresses = compresses
        self.started = started
        self.content = content
    }
}
