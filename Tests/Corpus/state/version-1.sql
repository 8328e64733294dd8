-- What a daemon left whose executions had no digests: one that was run, and one that was cut short.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1 sandboxes and executions');
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
INSERT INTO sandboxes VALUES ('sbx-old', 'k1', x'0102', 'Active', 1, 1);
INSERT INTO executions VALUES ('k1', 'run', 10, x'010203', 3);
INSERT INTO executions VALUES ('k1', 'cut', 11, NULL, 0);
