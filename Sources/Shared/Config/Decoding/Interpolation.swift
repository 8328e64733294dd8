/// A string value with its `${env:NAME}` and `${file:PATH}` replaced.
struct Interpolation {
    struct Problem: Error {
        let reason: String
    }

    let value: String
    /// Some of it comes from the environment or a file, so it is never shown.
    let isFromOutside: Bool

    /// `$${` stands for a literal `${`. A file's last line end is dropped.
    static func expand(
        _ text: String, _ surroundings: Surroundings
    ) -> Result<Interpolation, Problem> {
        var value = ""
        var isFromOutside = false
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            value += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                value += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    return .failure(Problem(reason: "${ without }; accepted: \(forms)"))
                }
                let reference = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
                switch resolve(reference, surroundings) {
                case .failure(let problem): return .failure(problem)
                case .success(let found): value += found
                }
                isFromOutside = true
                rest = rest[rest.index(after: end)...]
            } else {
                value += "$"
                rest = rest.dropFirst()
            }
        }
        return .success(Interpolation(value: value + rest, isFromOutside: isFromOutside))
    }

    private static let forms = "${env:NAME}, ${file:PATH}, or $${ for a literal ${"

    private static func resolve(
        _ reference: Substring, _ surroundings: Surroundings
    ) -> Result<String, Problem> {
        if reference.hasPrefix("env:") {
            let name = String(reference.dropFirst("env:".count))
            guard let found = surroundings.variable(name), !found.isEmpty else {
                return .failure(
                    Problem(reason: "environment variable \(name) is not set or empty"))
            }
            return .success(found)
        }
        if reference.hasPrefix("file:") {
            return content(String(reference.dropFirst("file:".count)), surroundings)
        }
        return .failure(Problem(reason: "${\(reference)} is not known; accepted: \(forms)"))
    }

    private static func content(
        _ path: String, _ surroundings: Surroundings
    ) -> Result<String, Problem> {
        switch surroundings.file(path) {
        case .failure(let failure):
            return .failure(Problem(reason: "file \(path) cannot be read: \(failure.reason)"))
        case .success(var bytes):
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
                return .failure(Problem(reason: "file \(path) is empty or not UTF-8"))
            }
            return .success(text)
        }
    }
}
