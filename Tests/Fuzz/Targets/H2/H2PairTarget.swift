internal import HTTP

/// A client and a server of ours, in a conversation that the bytes are the script of: heads of all
/// sizes, tables that grow and shrink, streams that wait for each other and are given up. What was
/// said arrives, whole and unchanged, however the wires deliver it.
enum H2PairTarget {
    static let target = FuzzTarget("h2-pair", bytesMax: 768) { bytes throws(Finding) in
        let conversation = try H2Conversation()
        var script = Script(rest: bytes[...])
        while let step = script.next() { try perform(step, &script, conversation) }
        try end(conversation)
    }

    /// The bytes, one after the other; past their end there are zeros.
    private struct Script {
        var rest: ArraySlice<UInt8>

        mutating func next() -> UInt8? { rest.popFirst() }

        mutating func pick<T>(_ choices: [T]) -> T {
            choices[Int(rest.popFirst() ?? 0) % choices.count]
        }

        mutating func stream(_ conversation: H2Conversation) -> Int32 {
            conversation.numbers.isEmpty ? 1 : pick(conversation.numbers)
        }
    }

    private static func perform(
        _ step: UInt8, _ script: inout Script, _ conversation: H2Conversation
    ) throws(Finding) {
        let side: H2Conversation.Side = step & 0x80 == 0 ? .client : .server
        switch step & 0x0F {
        case 0, 1:
            let method = script.pick(["GET", "POST", "PROPFIND"])
            let path = script.pick(["/", "/a", "/a?b", "/" + String(repeating: "p", count: 130)])
            let host = script.pick(["a", "b.example:1"])
            let head = "\(method) \(path) HTTP/1.1\r\nhost: \(host)\r\n"
            conversation.request(Array((head + lines(&script)).utf8), ends: step & 1 == 0)
        case 2, 3:
            let status = script.pick(["200 OK", "404 Not Found", "206 Partial Content"])
            let head = "HTTP/1.1 \(status)\r\n\(lines(&script))"
            conversation.respond(
                script.stream(conversation), Array(head.utf8), ends: step & 1 == 0)
        case 4, 5:
            let size = script.pick([0, 1, 100, 16_384, 16_385, 40_000, 70_000])
            let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
            conversation.say(side, script.stream(conversation), content, last: nil)
        case 6:
            conversation.say(
                side, script.stream(conversation), [1, 2, 3], last: Array(lines(&script).utf8))
        case 7: conversation.say(side, script.stream(conversation), [4], last: [])
        case 8: conversation.giveUp(side, script.stream(conversation))
        case 9: conversation.consume(side, script.stream(conversation))
        case 10:
            let size = script.pick([0, 31, 32, 64, 100, 2_000, 4_095, 4_096, 65_536] as [UInt32])
            try conversation.change(side, H2Frames.setting(1, size))
        case 11:
            let count = script.pick([1, 2, 100] as [UInt32])
            try conversation.change(.client, H2Frames.setting(3, count))
        case 12: try conversation.settle()
        case 13:
            try conversation.write(side)
            try conversation.deliver(to: side.other, Int(script.next() ?? 0))
        default:
            try conversation.write(side)
            try conversation.deliver(to: side.other, .max)
        }
    }

    private static let names = [
        "accept", "via", "referer", "user-agent", "x-request-id", "x-own", "authorization",
        "cookie", "traceparent", "grpc-timeout", "x-other", "date", "set-cookie", "a",
        "a-name-that-nobody-has-ever-thought-of-giving-to-a-field-until-it-was-needed-here",
    ]
    private static let sizes = [0, 1, 3, 7, 8, 9, 30, 126, 127, 128, 400, 2_900, 3_040, 4_100]

    /// Field lines and the empty one.
    private static func lines(_ script: inout Script) -> String {
        var lines = ""
        var hasCookie = false
        for _ in 0..<(script.next() ?? 0) % 8 {
            let name = script.pick(names)
            // Crumbs are joined on their way.
            if name == "cookie", hasCookie { continue }
            hasCookie = hasCookie || name == "cookie"
            let letter = script.pick(["u", "v", "w"])
            lines += "\(name): \(String(repeating: letter, count: script.pick(sizes)))\r\n"
        }
        return lines + "\r\n"
    }

    // MARK: the end

    private static let lastAnswer = Array("HTTP/1.1 500 Internal Server Error\r\n\r\n".utf8)

    private static func end(_ conversation: H2Conversation) throws(Finding) {
        try conversation.change(.client, H2Frames.setting(3, 100))
        // A hundred at a time; the others wait for those to end.
        for _ in 0...conversation.numbers.count / 100 {
            try conversation.settle()
            for number in conversation.numbers {
                conversation.say(.client, number, [], last: [])
                conversation.respond(number, lastAnswer, ends: true)
                conversation.say(.server, number, [], last: [])
            }
        }
        try conversation.settle()
        for number in conversation.numbers { try check(number, conversation) }
        try Finding.unless(
            conversation.boundCounts == [0, 0], "\(conversation.boundCounts) streams are left")
    }

    private static func check(
        _ number: Int32, _ conversation: H2Conversation
    ) throws(Finding) {
        guard let stream = conversation.streams[number] else { return }
        for side in 0..<2 {
            let (said, heard) = (stream.said[side], stream.heard[side])
            let isPart = stream.isGivenUp
            let what = "stream \(number), \(side == 0 ? "request" : "response")"
            try Finding.unless(
                heard.head == said.head || isPart && heard.head.isEmpty,
                "\(what): \(heard.head.text), not \(said.head.text)")
            try Finding.unless(
                heard.content == said.content || isPart && said.content.starts(with: heard.content),
                "\(what): \(heard.content.count) bytes, not the \(said.content.count) sent")
            // Trailers without a line are none.
            let trailers = said.trailers.count > 2 ? said.trailers : []
            try Finding.unless(
                heard.trailers == trailers || isPart && heard.trailers.isEmpty,
                "\(what): \(heard.trailers.text), not \(trailers.text)")
            try Finding.unless(heard.isEnded || isPart, "\(what) does not end")
        }
    }
}
