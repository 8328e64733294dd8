import Bytes
import Rego
import Testing

@Suite struct ValuesTests {
    private let storage = ArenaStorageBox()
    private var arena: Arena { storage.arena }

    private func value(_ json: String) throws -> Value {
        try json.utf8CString.withUnsafeBytes {
            try arena.value(json: UnsafeRawBufferPointer(rebasing: $0.dropLast()))
        }
    }

    /// The root of a frozen document that lives as long as the suite.
    private func frozen(_ json: String) throws -> Value {
        let document = try Array(json.utf8).withUnsafeBytes { try FrozenData.json($0) }
        storage.documents.append(document)
        return document.root
    }

    @Test(arguments: [
        #"{"b":[1,2.50,-0,1e3,123456789012345678901234567890],"a":"x\ny"}"#,
        #"[[],{},"",null,true,false]"#,
        "9223372036854775807", "-9223372036854775808", "1.50", "576460752303423488",
        #"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11}"#,
    ])
    func `a document is written as it was read, keys in order`(text: String) throws {
        let expected = text == #"{"b":[1,2.50,-0,1e3,123456789012345678901234567890],"a":"x\ny"}"#
            ? #"{"a":"x\ny","b":[1,2.50,-0,1e3,123456789012345678901234567890]}"# : text
        #expect(String(decoding: try value(text).json(), as: UTF8.self) == expected)
        #expect(String(decoding: try frozen(text).json(), as: UTF8.self) == expected)
        #expect(try value(text) == frozen(text))
        #expect(try value(text).hash == frozen(text).hash)
    }

    @Test(arguments: [0, 1, 3, 40, 1_000])
    func `values of one key are grouped in their order`(nameCount: Int) {
        var object = ObjectBuilder(arena)
        var expected: [String: [Int64]] = [:]
        for number in 0..<(3 * nameCount) {
            let name = "name \(number * 7 % nameCount)"
            object.set(arena.string(name), arena.number(int64: Int64(number)))
            expected[name, default: []].append(Int64(number))
        }
        let grouped = object.finishGrouped().object
        #expect(grouped.count == nameCount)
        for position in 0..<grouped.count {
            let values = grouped.value(at: position).array.buffer.compactMap { $0.int64 }
            #expect(values == expected[grouped.key(at: position).string ?? ""])
        }
    }

    @Test func `kinds are ordered as in OPA`() throws {
        let ascending = [
            "null", "false", "true", "-1", "0", "0.5", "1", "1.5", "1e300", "1e400", "\"\"",
            "\"a\"", "\"aa\"", "\"b\"", "[]", "[1]", "[1,2]", "[2]", "{}", #"{"a":1}"#,
            #"{"a":1,"b":0}"#, #"{"a":2}"#, #"{"b":0}"#,
        ]
        for (i, left) in ascending.enumerated() {
            for (j, right) in ascending.enumerated() {
                let order = Value.order(try value(left), try value(right))
                #expect(order.signum() == (i - j).signum(), "\(left) \(right)")
            }
        }
    }

    @Test(arguments: [
        ("1", "1.0"), ("100", "1e2"), ("0", "-0"), ("0.1", "1e-1"), ("12.50", "1.25e1"),
        ("123456789012345678901234567890", "1.2345678901234567890123456789e29"),
    ])
    func `numbers are equal by value, whatever their spelling`(left: String, right: String) throws {
        #expect(try value(left) == value(right))
        #expect(try value(left).hash == value(right).hash)
    }

    @Test(arguments: [
        ("9007199254740993", "9007199254740993.5"),
        ("123456789012345678901234567890", "123456789012345678901234567891"),
        ("-2", "-1.5"), ("1e999999", "1e1000000"), ("1e-1000000", "1e-999999"),
    ])
    func `numbers beyond doubles are compared exactly`(less: String, more: String) throws {
        #expect(try value(less) < value(more))
    }

    @Test(arguments: [
        (0.1, "0.1"), (1e21, "1e+21"), (1e-7, "1e-07"), (123456.75, "123456.75"),
        (1e20, "100000000000000000000"),
        (-0.000001, "-0.000001"), (2.0, "2"),
    ])
    func `doubles are spelt as Go spells them`(double: Double, text: String) {
        #expect(String(decoding: arena.number(double: double).json(), as: UTF8.self) == text)
    }

    @Test func `an altered document is refused or is itself when written and read again`() throws {
        let seed = Array(#"{"a":[1,-2.5e3,"x\u00e9\n"],"b":{"c":null,"d":[true,false]}}"#.utf8)
        var random = SplitMix(state: 7)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes[at] = [UInt8.random(in: 0...255, using: &random), 0x22, 0x7B, 0x5D, 0x30]
                    .randomElement(using: &random) ?? 0
            }
            guard let value = bytes.withUnsafeBytes({ try? arena.value(json: $0) }) else {
                continue
            }
            accepted += 1
            let again = try value.json().withUnsafeBytes { try arena.value(json: $0) }
            #expect(value == again)
            #expect(value.hash == again.hash)
        }
        #expect(accepted > 100)
    }

    @Test func `strings are ordered by their bytes, wherever they differ`() throws {
        for count in 0...20 {
            let text = (0..<UInt8(count)).map { 0x61 + $0 }
            let same = arena.string(text)
            #expect(Value.order(same, arena.string(text)) == 0)
            #expect(Value.order(same, arena.string(text + [0x20])) < 0)
            for index in text.indices {
                var larger = text
                larger[index] = 0xC3
                #expect(Value.order(same, arena.string(larger)) < 0)
                #expect(Value.order(arena.string(larger), same) > 0)
                #expect(Value.order(arena.string(larger), arena.string(text + [0xFF])) > 0)
            }
        }
    }

    @Test(arguments: [
        "null", "true", "-3", "1.50", "123456789012345678901234567890", #""text""#,
        #"{"a":[1,{"b":"c"}],"d":{},"e":[]}"#,
    ])
    func `a copy in another arena is the same value`(text: String) throws {
        let other = ArenaStorageBox()
        let copy = try #require(other.arena.copy(try value(text)))
        #expect(String(decoding: copy.json(), as: UTF8.self) == text)
    }

    @Test func `a copy is not made of what is nested too deep`() throws {
        #expect(arena.copy(try value("[[[]]]"), depthMax: 3) != nil)
        #expect(arena.copy(try value("[[[]]]"), depthMax: 2) == nil)
    }

    @Test func `of equal keys the last counts`() throws {
        #expect(try value(#"{"a":1,"b":2,"a":3}"#) == value(#"{"a":3,"b":2}"#))
        #expect(try frozen(#"{"a":1,"b":2,"a":3}"#) == value(#"{"a":3,"b":2}"#))
    }

    @Test func `a set is sorted and has no repeats`() throws {
        var builder = SetBuilder(arena)
        for index in 0..<1000 { builder.insert(Value(Int32(index * 7 % 100))) }
        let set = builder.finish()
        #expect(set.set.count == 100)
        #expect(set.set[0] == Value(0))
        #expect(set.set.contains(Value(99)))
        #expect(!set.set.contains(Value(100)))
    }

    @Test func `a large object finds all its keys and no other`() throws {
        var builder = ObjectBuilder(arena)
        for index in 0..<5000 { builder.set(arena.string("key\(index)"), Value(Int32(index))) }
        let object = builder.finish()
        let freezer = Freezer()
        let data = freezer.seal(root: freezer.copy(object))
        for index in stride(from: 0, to: 5000, by: 7) {
            let key = arena.string("key\(index)")
            #expect(object.object[key] == Value(Int32(index)))
            #expect(data.root.object[key] == Value(Int32(index)))
            #expect(data.root.object[data.internedString(key.stringBytes)] == Value(Int32(index)))
        }
        #expect(data.root.object[arena.string("key5000")].isUndefined)
    }

    @Test func `an arena over its budget says so and is empty after a reset`() {
        let small = ArenaStorage(chunkBytes: 4096, bytesMax: 10_000)
        var builder = ArrayBuilder(small.arena)
        for _ in 0..<1000 { builder.append(.null) }
        #expect(!small.arena.isExhausted || builder.count == 1000)
        for _ in 0..<1000 { builder.append(.null) }
        #expect(small.arena.isExhausted)
        small.reset()
        #expect(small.arena.bytesUsed == 0)
        #expect(!small.arena.isExhausted)
    }
}

/// A generator that gives the same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

/// Arena storage that a test suite can hold.
final class ArenaStorageBox {
    private let storage = ArenaStorage()
    var documents: [FrozenData] = []
    var arena: Arena { storage.arena }
}
