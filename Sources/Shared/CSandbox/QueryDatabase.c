// The connection to a database that nobody trusts: what may be asked, and what is done about files
// that cannot be read the usual way.
#define _GNU_SOURCE
#include "Internal.h"
#include "Query.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const int64_t HEAP_BYTES_MAX = 64 << 20;
static const int STEPS_BETWEEN_LOOKS = 1000;
static const int BUSY_MILLISECONDS = 500;

// MARK: what a statement may do

// Answers that the database alone determines, without a change to it or to the connection.
static bool is_reading_pragma(const char *name, const char *value) {
    static const char *const asking[] = {
        "application_id", "auto_vacuum", "collation_list", "compile_options", "data_version",
        "database_list", "encoding", "freelist_count", "journal_mode", "page_count", "page_size",
        "schema_version", "table_list", "user_version", NULL,
    };
    static const char *const describing[] = {
        "foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo",
        "integrity_check", "quick_check", "table_info", "table_list", "table_xinfo", NULL,
    };
    for (const char *const *known = value == NULL ? asking : describing; *known != NULL; known++) {
        if (sqlite3_stricmp(name, *known) == 0) return true;
    }
    return value == NULL && (sqlite3_stricmp(name, "integrity_check") == 0 ||
                             sqlite3_stricmp(name, "quick_check") == 0 ||
                             sqlite3_stricmp(name, "foreign_key_check") == 0);
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *source) {
    (void)context, (void)database, (void)source;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return sqlite3_stricmp(second, "load_extension") == 0 ||
                       sqlite3_stricmp(second, "fts3_tokenizer") == 0
                   ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
        return is_reading_pragma(first, second) ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int is_late(void *deadline) { return csandbox_now() >= *(const uint64_t *)deadline; }

static void restrict_connection(sqlite3 *database, const struct csandbox_query *query,
                                uint64_t *deadline) {
    static const int settings[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},       {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},  {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    };
    const int limits[][2] = {
        {SQLITE_LIMIT_LENGTH, (int)query->bytes_max}, {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_SQL_LENGTH, CSANDBOX_STATEMENT_BYTES_MAX}, {SQLITE_LIMIT_COLUMN, 1000},
        {SQLITE_LIMIT_EXPR_DEPTH, 200},   {SQLITE_LIMIT_COMPOUND_SELECT, 100},
        {SQLITE_LIMIT_WORKER_THREADS, 0}, {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
    };
    for (size_t index = 0; index < sizeof settings / sizeof settings[0]; index++) {
        sqlite3_db_config(database, settings[index][0], settings[index][1], NULL);
    }
    sqlite3_busy_timeout(database, BUSY_MILLISECONDS);
    sqlite3_exec(database,
                 "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;",
                 NULL, NULL, NULL);
    for (size_t index = 0; index < sizeof limits / sizeof limits[0]; index++) {
        sqlite3_limit(database, limits[index][0], limits[index][1]);
    }
    sqlite3_set_authorizer(database, authorize, NULL);
    sqlite3_progress_handler(database, STEPS_BETWEEN_LOOKS, is_late, deadline);
}

// MARK: the file

// The state of a file, to see whether it has changed. False when it is none that can be read.
static bool look(const char *path, struct stat *status) {
    return stat(path, status) == 0 && S_ISREG(status->st_mode);
}

static bool is_same(const struct stat *first, const struct stat *second) {
    return first->st_ino == second->st_ino && first->st_size == second->st_size &&
           first->st_mtim.tv_sec == second->st_mtim.tv_sec &&
           first->st_mtim.tv_nsec == second->st_mtim.tv_nsec;
}

// What is not yet in the database's file itself, or is in it and was not committed.
static bool has_log(const char *path) {
    static const char *const endings[] = {"-wal", "-journal"};
    char name[4300];
    struct stat status;
    for (int index = 0; index < 2; index++) {
        snprintf(name, sizeof name, "%s%s", path, endings[index]);
        if (stat(name, &status) == 0 && status.st_size > 0) return true;
    }
    return false;
}

// The name of a file that nobody changes while it is open, so that it needs neither locks nor an
// index in shared memory, which it would have to make.
static void name_unchanging(const char *path, char *uri, size_t capacity) {
    static const char digits[] = "0123456789ABCDEF";
    size_t at = (size_t)snprintf(uri, capacity, "file:");
    for (; *path != 0 && at + 32 < capacity; path++) {
        unsigned char byte = (unsigned char)*path;
        if (strchr("/._-", byte) != NULL || isalnum(byte)) {
            uri[at++] = (char)byte;
        } else {
            uri[at++] = '%';
            uri[at++] = digits[byte >> 4];
            uri[at++] = digits[byte & 15];
        }
    }
    snprintf(uri + at, capacity - at, "?mode=ro&immutable=1");
}

static sqlite3 *open_connection(const char *name, const struct csandbox_query *query,
                                uint64_t *deadline) {
    sqlite3 *database = NULL;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                SQLITE_OPEN_EXRESCODE;
    if (strncmp(name, "file:", 5) == 0) flags |= SQLITE_OPEN_URI;
    int code = sqlite3_open_v2(name, &database, flags, NULL);
    if (database == NULL) csandbox_fail_query(SQLITE_NOMEM, "out of memory");
    if (code != SQLITE_OK) csandbox_fail_query(code, sqlite3_errmsg(database));
    restrict_connection(database, query, deadline);
    return database;
}

// Reads the schema. Where a log is kept beside a database, a reader wants to make an index of it; one
// that may not reads a database without a log as it is.
static void read_schema(struct csandbox_database *database, const struct csandbox_query *query,
                        uint64_t *deadline) {
    int code = sqlite3_exec(database->connection, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL,
                            NULL);
    int kind = code & 0xff;
    if (code == SQLITE_OK) return;
    if (kind != SQLITE_CANTOPEN && kind != SQLITE_READONLY) {
        csandbox_fail_query(code, sqlite3_errmsg(database->connection));
    }
    if (has_log(database->path)) {
        csandbox_fail_query(code, "the database has a log of changes (-wal, -journal) that has to "
                                  "be opened for writing first");
    }
    char uri[3 * sizeof database->path + 64];
    sqlite3_close(database->connection);
    name_unchanging(database->path, uri, sizeof uri);
    database->is_unchanging = true;
    database->connection = open_connection(uri, query, deadline);
}

void csandbox_open_database(struct csandbox_database *database, const char *path,
                            const struct csandbox_query *query, uint64_t *deadline) {
    // A name that begins otherwise could mean more than a place to SQLite.
    snprintf(database->path, sizeof database->path, "%s%s", path[0] == '/' ? "" : "./", path);
    database->is_unchanging = false;
    errno = 0;
    if (!look(database->path, &database->status)) {
        csandbox_fail_query(SQLITE_CANTOPEN, errno == 0 ? "not a file" : strerror(errno));
    }
    if ((uint64_t)database->status.st_size > CSANDBOX_DATABASE_BYTES_MAX) {
        csandbox_fail_query(SQLITE_TOOBIG, "the database has more than 1 GiB");
    }
    sqlite3_hard_heap_limit64(HEAP_BYTES_MAX);
    database->connection = open_connection(database->path, query, deadline);
    read_schema(database, query, deadline);
}

bool csandbox_has_changed(const struct csandbox_database *database) {
    struct stat now;
    if (!database->is_unchanging) return false;
    return has_log(database->path) || !look(database->path, &now) ||
           !is_same(&database->status, &now);
}
