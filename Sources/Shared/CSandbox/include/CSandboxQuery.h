// What a cell is asked about a SQLite database, and how it answers. Numbers are the machine's own;
// a text or blob is its length, 32 bits, and its bytes.
#ifndef CSANDBOX_QUERY_H
#define CSANDBOX_QUERY_H

#include <stdint.h>

// A database of more bytes is not opened.
static const uint64_t CSANDBOX_DATABASE_BYTES_MAX = 1u << 30;

// The types of values: an integer or real has 64 bits, null none.
enum csandbox_value {
    CSANDBOX_NULL = 'n',
    CSANDBOX_INTEGER = 'i',
    CSANDBOX_REAL = 'f',
    CSANDBOX_TEXT = 't',
    CSANDBOX_BLOB = 'b',
};

// On the standard input; the statement, as a text, and the values of its parameters follow, each
// after its type.
struct csandbox_query {
    uint32_t rows_max;
    // Of values and names of columns in the answer.
    uint32_t bytes_max;
    uint64_t timeout_nanoseconds;
    uint32_t parameters;
    uint32_t reserved;
};

// What the answer, on the standard output, is a sequence of: each begins with one of these bytes.
enum csandbox_answer {
    // The number of columns, 32 bits, and their names as texts.
    CSANDBOX_COLUMNS = 'C',
    // A value for each column, each after its type.
    CSANDBOX_ROW = 'R',
    // `struct csandbox_query_end`, and SQLite's message as a text: nothing follows.
    CSANDBOX_END = 'E',
};

struct csandbox_query_end {
    // SQLite's extended result code; 0 when all went well.
    int32_t code;
    // There were more rows than were asked for, or than had room.
    uint32_t is_truncated;
    // The time was over.
    uint32_t timed_out;
    uint32_t reserved;
};

#endif
