internal import Testing

/// Reads exposition text as strictly as its rules are: each family announced once and in one piece,
/// no sample twice, histograms cumulative and complete.
enum MetricTextChecker {
    /// The value of each series.
    static func check(_ text: String) throws -> [String: String] {
        #expect(text.hasSuffix("\n"))
        var samples: [String: String] = [:]
        var announced: Set<String> = []
        var family = ""
        var buckets: [Int] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") {
                family = String(try #require(line.split(separator: " ").dropFirst(2).first))
                #expect(announced.insert(family).inserted, "\(family) announced twice")
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                #expect(words.count == 4)
                #expect(words[2] == family)
                #expect(["counter", "gauge", "histogram"].contains(words[3]))
            } else {
                let space = try #require(line.lastIndex(of: " "))
                let series = String(line[..<space])
                let value = String(line[line.index(after: space)...])
                #expect(Double(value) != nil, "\(line)")
                #expect(samples.updateValue(value, forKey: series) == nil, "\(series) twice")
                let name = String(series.prefix { $0 != "{" })
                #expect(name.hasPrefix(family), "\(name) outside its family")
                checkBuckets(name, series, value, &buckets)
            }
        }
        return samples
    }

    private static func checkBuckets(
        _ name: String, _ series: String, _ value: String, _ buckets: inout [Int]
    ) {
        if name.hasSuffix("_bucket") {
            let count = Int(value) ?? -1
            #expect(count >= buckets.last ?? 0, "\(series) is not cumulative")
            buckets.append(count)
        } else if name.hasSuffix("_sum") {
            #expect(buckets.count > 1)
        } else if name.hasSuffix("_count") {
            #expect(buckets.last == Int(value))
            buckets = []
        }
    }
}
