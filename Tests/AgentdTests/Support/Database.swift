import Foundation
import Testing

/// The database of a daemon that is not running.
struct Database {
    /// The folder of the daemon's state.
    let folder: String

    func change(_ sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3 as s, sys; d = s.connect(sys.argv[1]); d.executescript(sys.argv[2])",
            "\(folder)/agentd.sqlite", sql,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
