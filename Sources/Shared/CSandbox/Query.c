// Questions to SQLite databases. A database file is its sandbox's word, which may have been made to
// break its reader: SQLite reads it in a process of the sandbox that can change nothing.
#define _GNU_SOURCE
#include "Internal.h"
#include "Query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// MARK: the answer

static struct {
    char bytes[64 << 10];
    size_t count;
} answer;

static void flush(void) {
    for (size_t written = 0; written < answer.count;) {
        ssize_t more = write(1, answer.bytes + written, answer.count - written);
        if (more < 0 && errno == EINTR) continue;
        // Nobody listens.
        if (more <= 0) _exit(1);
        written += (size_t)more;
    }
    answer.count = 0;
}

static void put(const void *bytes, size_t count) {
    const char *rest = bytes;
    while (count > 0) {
        size_t room = sizeof answer.bytes - answer.count;
        size_t taken = count < room ? count : room;
        memcpy(answer.bytes + answer.count, rest, taken);
        answer.count += taken;
        rest += taken;
        count -= taken;
        if (answer.count == sizeof answer.bytes) flush();
    }
}

static void put_byte(int byte) { put(&(char){(char)byte}, 1); }
static void put_number(uint32_t number) { put(&number, sizeof number); }

static void put_bytes(const void *bytes, size_t count) {
    put_number((uint32_t)count);
    put(bytes, count);
}

static void end(const struct csandbox_query_end *result, const char *message)
    __attribute__((noreturn));

static void end(const struct csandbox_query_end *result, const char *message) {
    put_byte(CSANDBOX_END);
    put(result, sizeof *result);
    put_bytes(message, strlen(message));
    flush();
    _exit(0);
}

void csandbox_fail_query(int code, const char *message) {
    end(&(struct csandbox_query_end){.code = code, .timed_out = code == SQLITE_INTERRUPT}, message);
}

// MARK: the question

struct question {
    struct csandbox_query query;
    const char *statement;
    uint32_t statement_bytes;
    struct csandbox_cursor parameters;
};

static const void *take_bytes(struct csandbox_cursor *cursor, uint32_t *count) {
    const void *length = csandbox_take(cursor, sizeof *count);
    if (length == NULL) return NULL;
    memcpy(count, length, sizeof *count);
    return csandbox_take(cursor, *count);
}

// The standard input is a file.
static bool read_question(struct question *question) {
    struct stat status;
    if (fstat(0, &status) != 0 || status.st_size <= 0 || status.st_size > 8 << 20) return false;
    size_t size = (size_t)status.st_size;
    const char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, 0, 0);
    if (bytes == MAP_FAILED) return false;
    struct csandbox_cursor cursor = {bytes, size};
    const void *query = csandbox_take(&cursor, sizeof question->query);
    if (query == NULL) return false;
    memcpy(&question->query, query, sizeof question->query);
    question->statement = take_bytes(&cursor, &question->statement_bytes);
    question->parameters = cursor;
    return question->statement != NULL && question->statement_bytes <= (uint32_t)CSANDBOX_STATEMENT_BYTES_MAX;
}

static int bind_value(sqlite3_stmt *statement, int index, struct csandbox_cursor *cursor) {
    const char *type = csandbox_take(cursor, 1);
    const void *bytes = NULL;
    uint32_t count = 0;
    int64_t integer;
    double real;
    if (type == NULL) return SQLITE_MISUSE;
    switch (*type) {
    case CSANDBOX_NULL:
        return sqlite3_bind_null(statement, index);
    case CSANDBOX_INTEGER:
        if ((bytes = csandbox_take(cursor, sizeof integer)) == NULL) return SQLITE_MISUSE;
        memcpy(&integer, bytes, sizeof integer);
        return sqlite3_bind_int64(statement, index, integer);
    case CSANDBOX_REAL:
        if ((bytes = csandbox_take(cursor, sizeof real)) == NULL) return SQLITE_MISUSE;
        memcpy(&real, bytes, sizeof real);
        return sqlite3_bind_double(statement, index, real);
    default:
        if ((bytes = take_bytes(cursor, &count)) == NULL) return SQLITE_MISUSE;
        return *type == CSANDBOX_TEXT
                   ? sqlite3_bind_text(statement, index, bytes, (int)count, SQLITE_STATIC)
                   : sqlite3_bind_blob(statement, index, bytes, (int)count, SQLITE_STATIC);
    }
}

static sqlite3_stmt *prepare(sqlite3 *database, struct question *question) {
    sqlite3_stmt *statement = NULL, *second = NULL;
    const char *rest = NULL;
    const char *limit = question->statement + question->statement_bytes;
    int code = sqlite3_prepare_v2(database, question->statement, (int)question->statement_bytes,
                                  &statement, &rest);
    if (code != SQLITE_OK) csandbox_fail_query(code, sqlite3_errmsg(database));
    if (statement == NULL) csandbox_fail_query(SQLITE_MISUSE, "the query is empty");
    // Only blanks and comments may follow.
    code = sqlite3_prepare_v2(database, rest, (int)(limit - rest), &second, NULL);
    if (code != SQLITE_OK || second != NULL) csandbox_fail_query(SQLITE_MISUSE, "the query is one statement");
    if (!sqlite3_stmt_readonly(statement)) csandbox_fail_query(SQLITE_AUTH, "not authorized");
    uint32_t wanted = (uint32_t)sqlite3_bind_parameter_count(statement);
    if (wanted != question->query.parameters) {
        char text[96];
        snprintf(text, sizeof text, "the query has %u parameters, and %u values were given", wanted,
                 question->query.parameters);
        csandbox_fail_query(SQLITE_RANGE, text);
    }
    for (uint32_t index = 1; index <= wanted; index++) {
        code = bind_value(statement, (int)index, &question->parameters);
        if (code != SQLITE_OK) csandbox_fail_query(code, sqlite3_errstr(code));
    }
    return statement;
}

// MARK: rows

static void put_columns(sqlite3_stmt *statement, int count) {
    put_byte(CSANDBOX_COLUMNS);
    put_number((uint32_t)count);
    for (int column = 0; column < count; column++) {
        const char *name = sqlite3_column_name(statement, column);
        if (name == NULL) name = "";
        put_bytes(name, strlen(name));
    }
}

static uint64_t row_bytes(sqlite3_stmt *statement, int count) {
    uint64_t bytes = 1;
    for (int column = 0; column < count; column++) {
        int type = sqlite3_column_type(statement, column);
        bytes += 13;
        if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
            bytes += (uint64_t)sqlite3_column_bytes(statement, column);
        }
    }
    return bytes;
}

static void put_value(sqlite3_stmt *statement, int column) {
    int64_t integer;
    double real;
    const void *bytes;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        integer = sqlite3_column_int64(statement, column);
        put_byte(CSANDBOX_INTEGER);
        put(&integer, sizeof integer);
        return;
    case SQLITE_FLOAT:
        real = sqlite3_column_double(statement, column);
        put_byte(CSANDBOX_REAL);
        put(&real, sizeof real);
        return;
    case SQLITE_TEXT:
        bytes = sqlite3_column_text(statement, column);
        put_byte(CSANDBOX_TEXT);
        put_bytes(bytes, bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, column));
        return;
    case SQLITE_BLOB:
        bytes = sqlite3_column_blob(statement, column);
        put_byte(CSANDBOX_BLOB);
        put_bytes(bytes, bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, column));
        return;
    default:
        put_byte(CSANDBOX_NULL);
    }
}

// SQLite's code at the end of the rows that were put.
static int put_rows(sqlite3_stmt *statement, const struct csandbox_query *query,
                    uint32_t *is_truncated) {
    int count = sqlite3_column_count(statement);
    uint64_t left = query->bytes_max;
    put_columns(statement, count);
    for (uint32_t rows = 0;; rows++) {
        int code = sqlite3_step(statement);
        if (code != SQLITE_ROW) return code;
        uint64_t bytes = row_bytes(statement, count);
        if (rows == query->rows_max || bytes > left) {
            *is_truncated = 1;
            return SQLITE_DONE;
        }
        left -= bytes;
        put_byte(CSANDBOX_ROW);
        for (int column = 0; column < count; column++) put_value(statement, column);
    }
}

void csandbox_run_query(const char *path) {
    static struct question question;
    struct csandbox_query_end result = {0};
    if (!read_question(&question)) csandbox_fail_query(SQLITE_MISUSE, "the question cannot be read");
    uint64_t deadline = csandbox_now() + question.query.timeout_nanoseconds;
    struct csandbox_database database;
    csandbox_open_database(&database, path, &question.query, &deadline);
    sqlite3_stmt *statement = prepare(database.connection, &question);
    int code = put_rows(statement, &question.query, &result.is_truncated);
    if (csandbox_has_changed(&database)) {
        csandbox_fail_query(SQLITE_BUSY, "the database was changed while it was read");
    }
    if (code != SQLITE_DONE) csandbox_fail_query(code, sqlite3_errmsg(database.connection));
    end(&result, "");
}
