/// Command lines as Go programs take them, where a flag may have a truth value (`--fail=false`) and a
/// short option its value right behind it (`-O2`, `-f=json`).
public enum GoFlags {
    /// Flags without another value, of all verbs.
    private static let names: Set<String> = [
        "annotations", "bench", "benchmem", "bundle", "check-result", "coverage", "current",
        "debug", "diff", "disable-early-exit", "disable-indexing", "drop-v0-imports", "e2e",
        "exit-zero-on-skipped", "fail", "fail-defined", "fail-on-empty", "follow-symlinks",
        "instrument", "list", "metrics", "nondeterminstic-builtins",
        "optimize-store-for-read-speed", "partial", "profile", "prune-unused", "rego-v1",
        "shallow-inlining", "show-builtin-errors", "skip-verify", "stdin", "stdin-input",
        "strict", "strict-builtin-errors", "v0-compatible", "v0-v1", "v1-compatible",
        "var-values", "verbose", "watch", "write",
    ]

    /// Those that are on unless something is said: `--no-NAME` turns them off.
    private static let usual: Set<String> = ["benchmem", "check-result"]

    /// Short options that have a value in every verb.
    private static let valued: Set<Character> = ["O", "e", "f", "i", "m", "o", "s", "t", "u"]

    /// The arguments, with `--name=true` as `--name`, without `--name=false`, and with the values of
    /// short options on their own. What follows `--` stays as it is, and so does what is no flag or
    /// no truth value.
    public static func translate(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        // opa bench fails on an undefined result unless told otherwise.
        let usual = arguments.contains("bench") ? usual.union(["fail"]) : usual
        return arguments[..<end].flatMap { translate($0, usual) } + arguments[end...]
    }

    private static func translate(_ argument: String, _ usual: Set<String>) -> [String] {
        guard argument.hasPrefix("--") else { return separated(argument) }
        guard let equals = argument.firstIndex(of: "=") else { return [argument] }
        let name = String(argument[..<equals].dropFirst(2))
        guard names.contains(name), let isOn = truth(argument[equals...].dropFirst()) else {
            return [argument]
        }
        if isOn { return ["--" + name] }
        return usual.contains(name) ? ["--no-" + name] : []
    }

    /// A short option and the value behind it.
    private static func separated(_ argument: String) -> [String] {
        let letters = argument.dropFirst()
        guard argument.hasPrefix("-"), letters.count > 1, let letter = letters.first,
            valued.contains(letter)
        else { return [argument] }
        let value = letters.dropFirst()
        return ["-\(letter)", String(value.first == "=" ? value.dropFirst() : value)]
    }

    /// What Go's strconv.ParseBool makes of a text.
    private static func truth(_ text: Substring) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}
