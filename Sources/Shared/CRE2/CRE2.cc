#include "CRE2.h"
#include <re2/re2.h>

struct cre2_regex {
    re2::RE2 regex;
};

extern "C" cre2_regex *cre2_compile(const char *pattern, size_t length) {
    return new cre2_regex{re2::RE2(re2::StringPiece(pattern, length), re2::RE2::Quiet)};
}

extern "C" void cre2_free(cre2_regex *regex) { delete regex; }
