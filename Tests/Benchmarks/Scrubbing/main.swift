internal import Bytes
internal import CAllocationCount
internal import Credentials
internal import Glibc

// What keeping a credential out of answers costs, beside copying the same bytes; and what signing a
// request costs. Fails when either allocates.

let size = 64 << 10
let rounds = 4000

func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// The fastest of many rounds in microseconds, and how often all of them allocated.
func measure(_ operation: () -> Void) -> (microseconds: Double, allocations: Int) {
    var fastest = UInt64.max
    operation()
    let before = allocation_count()
    for _ in 0..<rounds {
        let start = nanoseconds()
        operation()
        fastest = min(fastest, nanoseconds() - start)
    }
    return (Double(fastest) / 1000, allocation_count() - before)
}

func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

func fill(_ text: String) -> UnsafeMutableRawBufferPointer {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    let bytes = Array(text.utf8)
    for index in 0..<size { memory[index] = bytes[index % bytes.count] }
    return memory
}

let html = #"<article class="post"><h2>On keeping things</h2><p>It was a bright, cold day in "#
    + #"April &amp; the clocks were striking <b>thirteen</b>.</p></article>"# + "\n"
// Texts that look like the beginning of a form of the key again and again.
let json = #"{"id": "chatcmpl-123", "object": "chat.completion.chunk", "choices": [{"delta": "#
    + #"{"content": "A sk-etch of \u00e9t\u00e9, 50%7 of it"}, "index": 0}]}, "#
let texts: [(name: String, memory: UnsafeMutableRawBufferPointer)] = [
    ("html", fill(html)),
    ("near json", fill(json)),
    ("near base64", fill("TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcms3Njg0NzYzNDY1NzM0c2stYWJj")),
    ("near hex", fill("736b2d70726f6a2d0f1e2d3c4b5a69788796a5b4c3d2e1f0")),
    ("zeros", fill("\0")),
]
let key = "sk-proj-4fGh7Kq2Zt9Lw0Xc5Vb8Nm1As3Dd6Ff-PlantedForMeasuring"
let store = try CredentialStore([
    CredentialDefinition(name: "key", scheme: .bearer(.literal(key))),
    CredentialDefinition(
        name: "aws",
        scheme: .awsSignatureV4(
            AWSSignatureDefinition(
                accessKeyID: .literal("AKIDEXAMPLE"), secretAccessKey: .literal(key),
                region: "eu-central-1", service: "s3"))),
])
let snapshot = store.current
guard case .ready(let bearer) = snapshot.credential(0, now: 0),
    case .ready(let aws) = snapshot.credential(1, now: 0)
else {
    print("the credentials are not ready")
    exit(1)
}
let needles = bearer.needles
let held = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
var allocations = 0

let copied = measure { copy.copyMemory(from: UnsafeRawBufferPointer(texts[0].memory)) }
print("64 KiB copied        \(rounded(copied.microseconds)) µs")
for (name, memory) in texts {
    let result = measure {
        var scrubber = Scrubber()
        _ = scrubber.scrub(memory, behind: held, needles)
        _ = scrubber.finish(into: held, needles)
    }
    allocations += result.allocations
    let gigabytes = Double(size) / result.microseconds / 1000
    let padded = "64 KiB of \(name) scrubbed".padding(to: 34)
    print(
        "\(padded)\(rounded(result.microseconds)) µs, \(rounded(gigabytes)) GB/s, "
            + "\(rounded(result.microseconds / copied.microseconds)) x copying")
}

let lines = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4096)
let parts = ["PUT", "/bucket/a%20key", "partNumber=1&uploadId=x", "s3.eu-central-1.amazonaws.com"]
    .map { fill($0) }.enumerated().map { index, memory in
        UnsafeRawBufferPointer(rebasing: memory[..<[3, 15, 23, 29][index]])
    }
let signed = measure {
    var line = LineBuilder(lines)
    var signer = aws.signer(
        for: SignedRequest(
            method: parts[0], path: parts[1], query: parts[2], host: parts[3], content: nil,
            wallSeconds: 1_800_000_000))
    _ = signer?.writeFields(to: &line)
}
allocations += signed.allocations
print("a request signed     \(rounded(signed.microseconds)) µs")
print("allocations          \(allocations)")
exit(allocations == 0 ? 0 : 1)

extension String {
    func padding(to count: Int) -> String {
        self + String(repeating: " ", count: max(1, count - self.utf8.count))
    }
}
