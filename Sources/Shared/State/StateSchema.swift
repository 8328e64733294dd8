internal import GRDB

/// The tables, by the versions that added to them. What has been released is never changed.
enum StateSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 sandboxes and executions") { database in
            try database.execute(
                sql: """
                    CREATE TABLE sandboxes (
                        id TEXT PRIMARY KEY NOT NULL,
                        owner TEXT NOT NULL,
                        specification BLOB NOT NULL,
                        state TEXT NOT NULL,
                        created INTEGER NOT NULL,
                        since INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE executions (
                        owner TEXT NOT NULL,
                        key TEXT NOT NULL,
                        begun INTEGER NOT NULL,
                        result BLOB,
                        bytes INTEGER NOT NULL DEFAULT 0,
                        UNIQUE (owner, key)
                    ) STRICT;
                    CREATE INDEX executions_by_age ON executions (begun);
                    """)
        }
        // What an idempotency key was used for first.
        migrator.registerMigration("2 digests of requests") { database in
            try database.execute(sql: "ALTER TABLE executions ADD COLUMN digest BLOB")
        }
        return migrator
    }
}
