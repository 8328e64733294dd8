internal import CFuzzer
internal import FuzzTargets
internal import Glibc

// sluice-fuzz TARGET [LIBFUZZER ARGUMENT…]
// A finding ends the process, so that libFuzzer keeps the bytes that led to it.

let names = FuzzTarget.all.map(\.name).joined(separator: " ")
guard CommandLine.arguments.count > 1, let target = FuzzTarget.named(CommandLine.arguments[1])
else {
    print("usage: sluice-fuzz TARGET [LIBFUZZER ARGUMENT…]\ntargets: \(names)")
    exit(2)
}
let chosen = target

let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(Finding) {
        try chosen.run(bytes, within: .milliseconds(1500))
    } catch {
        fatalError("finding in \(chosen.name): \(error.text)")
    }
    return 0
}

var arguments: [UnsafeMutablePointer<CChar>?] =
    ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) }
arguments.append(nil)
var count = CInt(arguments.count - 1)
let code = arguments.withUnsafeMutableBufferPointer { buffer in
    var start = buffer.baseAddress
    return LLVMFuzzerRunDriver(&count, &start, check)
}
exit(code)
