import Bytes
import Testing

@testable import Rego

/// Calls builtins as the machine does, with arguments and answers in JSON.
final class BuiltinTester {
    private let storage = ArenaStorage()
    let context: BuiltinContext

    /// 2023-11-14T22:13:20Z.
    init(nowNanoseconds: Int64 = 1_700_000_000_000_000_000, host: BuiltinHost = BuiltinHost()) {
        context = BuiltinContext.forTesting(storage, nowNanoseconds: nowNanoseconds, host: host)
    }

    /// The answer as JSON, `undefined`, or the error's text with its kind's mark in front: `?` for
    /// a wrong operand, `!` for any other failure.
    ///
    /// - Parameter arguments: an array; `{"$set": […]}` in it is a set.
    func answer(_ name: String, _ arguments: String) throws -> String {
        let values = try value(arguments).array.buffer.map(withSets)
        do {
            let answer = try call(name, values)
            return answer.isUndefined ? "undefined" : String(decoding: answer.json(), as: UTF8.self)
        } catch BuiltinError.operand(let text) {
            return "?" + text
        } catch BuiltinError.failure(let text) {
            return "!" + text
        }
    }

    func call(_ name: String, _ values: [Value]) throws -> Value {
        let entry = try #require(BuiltinRegistry.entries[name], "no builtin \(name)")
        return try values.withUnsafeBufferPointer { buffer in
            let base = try #require(buffer.baseAddress ?? UnsafePointer(bitPattern: 8))
            return try entry.function(context, BuiltinArguments(base, count: buffer.count))
        }
    }

    func value(_ json: String) throws -> Value {
        try Array(json.utf8).withUnsafeBytes { try context.arena.value(json: $0) }
    }

    func string(_ text: String) -> Value { context.arena.string(text) }

    private func withSets(_ value: Value) -> Value {
        let arena = context.arena
        switch value.kind {
        case .array:
            return arena.array(count: value.array.count) { withSets(value.array[$0]) }
        case .object:
            let object = value.object
            if object.count == 1, object["$set"].isDefined {
                var set = SetBuilder(arena)
                for member in object["$set"].array.buffer { set.insert(withSets(member)) }
                return set.finish()
            }
            var copy = ObjectBuilder(arena)
            for position in 0..<object.count {
                copy.set(object.key(at: position), withSets(object.value(at: position)))
            }
            return copy.finish()
        default: return value
        }
    }
}

/// One call and what it answers.
struct BuiltinCase: CustomTestStringConvertible, Sendable {
    let name: String
    let arguments: String
    let answer: String

    init(_ name: String, _ arguments: String, _ answer: String) {
        self.name = name
        self.arguments = arguments
        self.answer = answer
    }

    var testDescription: String { "\(name)\(arguments)" }

    func check() throws {
        let given = try BuiltinTester().answer(name, arguments)
        #expect(given == answer)
    }
}
