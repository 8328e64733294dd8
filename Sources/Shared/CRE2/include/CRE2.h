// A C face for RE2: linear-time regular expressions with the syntax of Go's package regexp.
#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cre2_regex cre2_regex;

/// A submatch as byte offsets into the text; both are -1 for a group that took no part.
typedef struct {
    int32_t start;
    int32_t end;
} cre2_range;

#ifdef __cplusplus
extern "C" {
#endif

/// Compiles `length` bytes of UTF-8. On a fault the answer is NULL and `error` holds the text that
/// Go's regexp prints after "error parsing regexp: ", NUL-terminated and cut at `capacity`.
cre2_regex *cre2_compile(
    const char *pattern, size_t length, int64_t memory_max, char *error, size_t capacity);
void cre2_free(cre2_regex *regex);

/// The number of capturing groups, without group 0.
int32_t cre2_group_count(const cre2_regex *regex);

/// The number of a named group, or -1.
int32_t cre2_group_named(const cre2_regex *regex, const char *name, size_t length);

/// Whether the pattern occurs anywhere in the text.
bool cre2_matches(const cre2_regex *regex, const char *text, size_t length);

/// The leftmost match at or after `start` (look-behind assertions see the text before it), with
/// `count` ranges filled, group 0 first.
bool cre2_find(
    const cre2_regex *regex, const char *text, size_t length, size_t start, cre2_range *ranges,
    int32_t count);

#ifdef __cplusplus
}
#endif
#endif
