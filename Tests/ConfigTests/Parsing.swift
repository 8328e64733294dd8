@testable import Config

let nowhere = Surroundings(
    variable: { _ in nil }, file: { _ in .failure(.init(reason: "No such file or directory")) })

func parse(
    _ text: String, _ surroundings: Surroundings = nowhere
) throws(ConfigurationError) -> Configuration {
    try Configuration.parse(
        [.init(name: "f.yaml", bytes: Array(text.utf8))], surroundings: surroundings)
}

func faults(_ text: String, _ surroundings: Surroundings = nowhere) -> [String] {
    do throws(ConfigurationError) {
        _ = try parse(text, surroundings)
        return []
    } catch {
        return error.faults.map(\.description)
    }
}
