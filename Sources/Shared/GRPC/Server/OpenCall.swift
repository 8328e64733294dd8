/// A call on its worker: what came of it, and what was sent.
final class OpenCall {
    let call: Call
    let method: ServiceMethod
    let dialect: Dialect
    /// Whether messages to the client are compressed.
    let compresses: Bool
    /// What the client is told in JSON when the call fails.
    let faultForm: FaultForm
    /// Whether the client takes gzip for JSON.
    let acceptsGzip: Bool
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
        _ call: Call, _ method: ServiceMethod, _ dialect: Dialect, compresses: Bool,
        faultForm: FaultForm, acceptsGzip: Bool, started: UInt64, content: RequestContent
    ) {
        self.call = call
        self.method = method
        self.dialect = dialect
        self.compresses = compresses
        self.faultForm = faultForm
        self.acceptsGzip = acceptsGzip
        self.started = started
        self.content = content
    }
}
