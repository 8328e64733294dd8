import FuzzTargets
import Glibc
import Testing

/// The corpus of `scripts/fuzz.sh`: seeds, and every input that once broke something.
@Suite struct CorpusTests {
    private static let root = "Tests/Corpus/fuzz"

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func bytes(of path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `what is in the corpus breaks nothing`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let files = Self.names(in: "\(Self.root)/\(name)")
        #expect(!files.isEmpty, "no seeds for \(name)")
        for file in files {
            let bytes = Self.bytes(of: "\(Self.root)/\(name)/\(file)")
            #expect(!bytes.isEmpty, "\(file) cannot be read")
            do {
                // Debug builds are some fifty times slower than what the budgets are made for.
                try target.run(bytes, within: .seconds(20))
            } catch {
                Issue.record("\(name)/\(file): \(error)")
            }
        }
    }

    @Test func `every folder of the corpus has its target`() {
        let folders = Self.names(in: Self.root)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }

    /// Damage at a few places of every seed: what a minute of `scripts/fuzz.sh` finds first.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `damaged seeds break nothing`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        var generator = Generator(state: 7)
        let seeds = Self.names(in: "\(Self.root)/\(name)").map {
            Self.bytes(of: "\(Self.root)/\(name)/\($0)")
        }
        for bytes in seeds where !bytes.isEmpty && bytes.count < 1_000 {
            for _ in 0..<2 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let place = Int.random(in: damaged.indices, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: damaged[place] = .random(in: 0...255, using: &generator)
                    case 1: damaged.insert(damaged[place], at: place)
                    default: if damaged.count > 1 { damaged.remove(at: place) }
                    }
                }
                do {
                    try target.run(damaged, within: .seconds(20))
                } catch {
                    Issue.record("\(name): \(error) from \(damaged)")
                }
            }
        }
    }

    /// SplitMix64: the same damage in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
