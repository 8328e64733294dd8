// A C face for RE2: linear-time regular expressions with Go's syntax.
#ifndef CRE2_H
#define CRE2_H

#include <stddef.h>

typedef struct cre2_regex cre2_regex;

#ifdef __cplusplus
extern "C" {
#endif

cre2_regex *cre2_compile(const char *pattern, size_t length);
void cre2_free(cre2_regex *regex);

#ifdef __cplusplus
}
#endif
#endif
