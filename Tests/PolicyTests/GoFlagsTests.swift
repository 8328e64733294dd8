import Policy
import Testing

@Suite struct GoFlagsTests {
    @Test(arguments: [
        ("policy eval --fail=true x", "policy eval --fail x"),
        ("policy eval --fail=false x", "policy eval x"),
        ("policy eval --fail=F --strict=1 x", "policy eval --strict x"),
        ("policy bench --fail=false x", "policy bench --no-fail x"),
        ("policy test --benchmem=false .", "policy test --no-benchmem ."),
        ("policy test --benchmem=true .", "policy test --benchmem ."),
        ("policy fmt --check-result=0 .", "policy fmt --no-check-result ."),
        ("policy eval -O2 -fjson -f=raw -i=a.json x", "policy eval -O 2 -f json -f raw -i a.json x"),
        ("policy fmt -dl -w a.rego", "policy fmt -dl -w a.rego"),
        ("policy eval - -I -f json", "policy eval - -I -f json"),
        // What has a value of its own, is no flag, or says neither yes nor no.
        ("policy eval --format=json --fail=x a=true", "policy eval --format=json --fail=x a=true"),
        ("policy eval --unknown=true", "policy eval --unknown=true"),
        ("policy eval -- --fail=false", "policy eval -- --fail=false"),
        ("", ""),
    ])
    func `flags and their values are read as Go reads them`(given: String, expected: String) {
        func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
        #expect(GoFlags.translate(words(given)) == words(expected))
    }
}
