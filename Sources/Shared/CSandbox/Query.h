// What asking a database consists of.
#ifndef CSANDBOX_INTERNAL_QUERY_H
#define CSANDBOX_INTERNAL_QUERY_H

#include "CSandboxQuery.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <sys/stat.h>

static const int CSANDBOX_STATEMENT_BYTES_MAX = 64 << 10;

struct csandbox_database {
    sqlite3 *connection;
    char path[4200];
    struct stat status;
    // It is read without locks, as nobody changes it: `csandbox_has_changed` tells whether that held.
    bool is_unchanging;
};

// Ends the process with the answer that there is none.
void csandbox_fail_query(int code, const char *message) __attribute__((noreturn));

// Opens for reading what is at `path`, or fails.
void csandbox_open_database(struct csandbox_database *database, const char *path,
                            const struct csandbox_query *query, uint64_t *deadline);
bool csandbox_has_changed(const struct csandbox_database *database);

#endif
