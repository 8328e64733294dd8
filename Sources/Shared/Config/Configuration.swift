internal import Bytes
internal import Files

/// Everything that the configuration files say, checked and with every default filled in.
public struct Configuration: Sendable, Equatable {
    /// Nil when no file has a `gateway` section.
    public var gateway: GatewayConfiguration?
    /// Nil when no file has an `egress` section.
    public var egress: EgressConfiguration?
    /// Nil when no file has an `agentd` section.
    public var agentd: AgentdConfiguration?

    /// A configuration file's name and bytes.
    public struct Source: Sendable {
        public let name: String
        public let bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The most bytes that one file may have.
    public static let fileBytesMax = 1 << 20

    /// Reads the files at `paths`. The error names every fault of every file.
    public static func load(
        _ paths: [String], surroundings: Surroundings = .process
    ) throws(ConfigurationError) -> Configuration {
        try loadWithPlaces(paths, surroundings: surroundings).configuration
    }

    /// The same, with where the files say what.
    public static func loadWithPlaces(
        _ paths: [String], surroundings: Surroundings = .process
    ) throws(ConfigurationError) -> (configuration: Configuration, places: ConfigurationPlaces) {
        var sources: [Source] = []
        var faults: [ConfigurationFault] = []
        for path in paths {
            do throws(FileError) {
                let bytes = try File.read(path, bytesMax: fileBytesMax)
                sources.append(Source(name: path, bytes: bytes))
            } catch {
                faults.append(
                    ConfigurationFault(
                        file: path, line: 0, column: 0,
                        message: "cannot be read: \(error.reason)"))
            }
        }
        return try merge(sources, faults, surroundings)
    }

    /// Reads files that are in memory; touches nothing but `surroundings`.
    public static func parse(
        _ sources: [Source], surroundings: Surroundings
    ) throws(ConfigurationError) -> Configuration {
        try merge(sources, [], surroundings).configuration
    }

    private static func merge(
        _ sources: [Source], _ unreadable: [ConfigurationFault], _ surroundings: Surroundings
    ) throws(ConfigurationError) -> (configuration: Configuration, places: ConfigurationPlaces) {
        var configuration = Configuration()
        var places = ConfigurationPlaces()
        var faults = unreadable
        var ownerOfSection: [String: String] = [:]
        for source in sources {
            let decoder = Decoder(file: source.name, surroundings: surroundings)
            if let root = root(of: source, decoder) {
                configuration.take(root, ownerOfSection: &ownerOfSection, file: source.name)
            }
            places.add(decoder.marks, of: source.name)
            faults += decoder.faults.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        }
        guard faults.isEmpty else { throw ConfigurationError(faults: faults) }
        return (configuration, places)
    }

    private static func root(of source: Source, _ decoder: Decoder) -> Section? {
        do throws(YAMLError) {
            let limits = YAMLReader.Limits(
                bytesMax: fileBytesMax, depthMax: 32, nodesMax: 100_000)
            let document = try YAMLReader.read(source.bytes, limits: limits)
            if let next = document.nextDocument {
                decoder.fault(next, "a second document begins; accepted: one document a file")
            }
            guard let root = document.root else {
                decoder.fault(nil, "is empty; accepted: a gateway, an egress or an agentd section")
                return nil
            }
            return Section(root, path: "", decoder: decoder)
        } catch {
            decoder.fault(error.mark, "\(error.reason); accepted: YAML")
            return nil
        }
    }

    private mutating func take(
        _ root: Section, ownerOfSection: inout [String: String], file: String
    ) {
        for key in ["gateway", "egress", "agentd"] where root.has(key) {
            if let owner = ownerOfSection.updateValue(file, forKey: key) {
                root.fault(root.markOf(key), "\(key) is already in \(owner); accepted: once")
            }
        }
        if root.has("gateway") { gateway = GatewayConfiguration(root.section("gateway")) }
        if root.has("egress") { egress = EgressConfiguration(root.section("egress")) }
        if root.has("agentd") { agentd = AgentdConfiguration(root.section("agentd")) }
        root.finish()
    }
}
