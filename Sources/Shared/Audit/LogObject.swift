internal import Bytes

/// A line of a log that is an object of texts, numbers and lists of texts: one of the audit log, or
/// of an access log.
public struct LogObject: Sendable, Equatable {
    /// The line as it stands in its file, without its end.
    public let line: String
    private let texts: [String: String]
    private let lists: [String: [String]]

    /// Nil when it is none.
    init?(_ line: ArraySlice<UInt8>) {
        guard let members = Array(line).withUnsafeBytes(Self.members) else { return nil }
        self.line = String(decoding: line, as: UTF8.self)
        texts = members.texts
        lists = members.lists
    }

    /// The text of a member, or the spelling of its number; empty when it is not there.
    public subscript(_ name: String) -> String { texts[name] ?? "" }

    /// The members of a list.
    public func list(_ name: String) -> [String] { lists[name] ?? [] }

    private struct Members {
        var texts: [String: String] = [:]
        var lists: [String: [String]] = [:]
    }

    private static func members(_ bytes: UnsafeRawBufferPointer) -> Members? {
        var members = Members()
        var reader = JSONReader(bytes, depthLimit: 4)
        var name = ""
        var isInList = false
        do throws(JSONError) {
            guard try reader.next() == .beginObject else { return nil }
            while true {
                switch try reader.next() {
                case .key: name = text(of: reader)
                case .string, .number:
                    let value = text(of: reader)
                    if isInList {
                        members.lists[name, default: []].append(value)
                    } else {
                        members.texts[name] = value
                    }
                case .true: members.texts[name] = "true"
                case .false: members.texts[name] = "false"
                case .null: continue
                case .beginArray: isInList = true
                case .endArray: isInList = false
                case .beginObject: return nil
                case .endObject: continue
                case .end: return members
                }
            }
        } catch {
            return nil
        }
    }

    private static func text(of reader: JSONReader) -> String {
        guard reader.hasEscapes else { return String(decoding: reader.text, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: reader.text.count) { memory in
            JSONEscapes.resolve(reader.text, to: UnsafeMutableRawBufferPointer(memory))
        }
    }
}
