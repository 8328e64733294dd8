import Identity
import Rego
import Testing

@testable import Policy

private let policy = """
    package agentd.authz

    default allowed := false

    allowed if input.user == data.user
    """

private func decision(_ snapshot: PolicySnapshot, user: String) throws -> Bool? {
    let evaluator = Evaluator(snapshot.rego)
    evaluator.begin()
    var input = ObjectBuilder(evaluator.arena)
    input.set("user", evaluator.arena.string(user))
    let value = try evaluator.evaluate(
        snapshot.entryPoint, input: input.finish(), nowNanoseconds: 0)
    return value.object["allowed"].boolean
}

@Suite struct PolicyStoreTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("p.rego", policy)
        try folder.write(".manifest", #"{"revision": "one"}"#)
        try folder.write("data.json", #"{"user": "alice"}"#)
    }

    private func open() throws -> PolicyStore {
        try PolicyStore(path: folder.path, entrypoint: "agentd/authz")
    }

    @Test func `a valid bundle takes the place of the one in force`() throws {
        let store = try open()
        let first = store.current
        #expect(store.generation == 1 && first.generation == 1)
        #expect(try decision(first, user: "alice") == true)
        try folder.write("data.json", #"{"user": "bob"}"#)
        try folder.write(".manifest", #"{"revision": "two"}"#)
        guard case .activated(let second) = store.reload() else {
            Issue.record("rejected")
            return
        }
        #expect(store.generation == 2 && second.generation == 2)
        #expect(store.current === second)
        #expect(try decision(second, user: "bob") == true)
        #expect(try decision(second, user: "alice") == false)
        // Who still works with the old one is not disturbed.
        #expect(try decision(first, user: "alice") == true)
        #expect(store.status.activeRevision == "two" && store.status.activations == 2)
    }

    @Test(arguments: [
        ("p.rego", "package agentd.authz\nallowed if", "p.rego:2: rego_parse_error: "),
        (
            "p.rego", "package agentd.authz\nallowed if x == 1",
            "p.rego:2: rego_unsafe_var_error: var x is unsafe"
        ),
        (
            "p.rego", "package other\nallowed := true",
            "the bundle has nothing at the entry point agentd/authz"
        ),
        ("p.rego", "package agentd.authz\nallowed if http.send({}).x", "p.rego:2: "),
        (
            "data.json", #"{"agentd": {"authz": {"allowed": true}}}"#,
            "p.rego:3: rego_compile_error: conflicting rule for data path agentd/authz/allowed found"
        ),
        ("data.json", #"{"api_keys": [{"id": "a"}]}"#, "2 errors occurred:\napi_keys[0]"),
        (
            "data.json", #"{"egress_credentials": {"openai": {"type": "bearer", "token": "x"}}}"#,
            "credentials have no place in a bundle:\ndata/egress_credentials/openai/token: "
        ),
        ("data.json", "{", "bundle load failed on data.json: unexpected end of JSON input"),
        (".manifest", #"{"roots": ["x"]}"#, "manifest roots [x] do not permit"),
    ])
    func `an invalid bundle changes nothing and says why`(
        name: String, text: String, reason: String
    ) throws {
        let store = try open()
        let first = store.current
        try folder.write(name, text)
        guard case .rejected(let error) = store.reload() else {
            Issue.record("activated")
            return
        }
        #expect(error.description.hasPrefix(reason), "\(error)")
        #expect(store.current === first && store.generation == 1)
        #expect(store.status.lastError == error.description)
        #expect(store.status.rejections == 1)
        try folder.write("p.rego", policy)
        try folder.write("data.json", #"{"user": "carol"}"#)
        try folder.write(".manifest", "{}")
        store.reload()
        #expect(store.status.lastError == nil && store.generation == 2)
        #expect(try decision(store.current, user: "carol") == true)
    }

    @Test func `nothing starts without a valid bundle`() throws {
        #expect(throws: BundleError.self) {
            try PolicyStore(path: folder.path + "/absent", entrypoint: "agentd/authz")
        }
        #expect(throws: BundleError.self) {
            try PolicyStore(path: folder.path, entrypoint: "agentd/other")
        }
    }

    @Test func `readers on other threads see whole snapshots only`() async throws {
        let store = try open()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var last: UInt64 = 0
                    for _ in 0..<2000 {
                        let generation = store.generation
                        let snapshot = store.current
                        // What is fetched after the number was seen is at least as new.
                        guard snapshot.generation >= generation, generation >= last else {
                            return false
                        }
                        last = generation
                    }
                    return true
                }
            }
            for _ in 0..<20 { store.reload() }
            for await isSound in group { #expect(isSound) }
        }
        #expect(store.generation == 21)
    }
}
