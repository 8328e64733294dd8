#include "CRE2.h"

#include <cstdio>
#include <cstring>
#include <new>
#include <re2/re2.h>
#include <string>
#include <vector>

struct cre2_regex {
    re2::RE2 regex;
};

namespace {

/// Go's name for each fault; RE2's own text differs in spelling only.
const char *go_text(re2::RE2::ErrorCode code) {
    switch (code) {
    case re2::RE2::ErrorBadEscape: return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass: return "invalid character class";
    case re2::RE2::ErrorBadCharRange: return "invalid character class range";
    case re2::RE2::ErrorMissingBracket: return "missing closing ]";
    case re2::RE2::ErrorMissingParen: return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen: return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize: return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp: return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8: return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture: return "invalid named capture";
    case re2::RE2::ErrorPatternTooLarge: return "expression too large";
    case re2::RE2::ErrorInternal: return "regexp/syntax: internal error";
    case re2::RE2::NoError: break;
    }
    return "regexp/syntax: internal error";
}

void describe(const re2::RE2 &regex, const std::string &pattern, char *error, size_t capacity) {
    if (capacity == 0) return;
    const char *text = go_text(regex.error_code());
    std::string argument = regex.error_arg();
    switch (regex.error_code()) {
    case re2::RE2::ErrorTrailingBackslash:
        argument.clear();
        break;
    case re2::RE2::ErrorMissingParen:
    case re2::RE2::ErrorUnexpectedParen:
        argument = pattern;
        break;
    default:
        break;
    }
    snprintf(error, capacity, "%s: `%s`", text, argument.c_str());
}

/// What Go reads and this RE2 does not, or the other way round: `(?<name>` is `(?P<name>`, and
/// `\C` is refused. Nothing inside `\Q…\E` or a class is touched.
class Translator {
public:
    explicit Translator(const std::string &pattern) : pattern_(pattern) {}

    bool run(std::string *out) {
        while (at_ < pattern_.size()) {
            if (quoted_) {
                if (starts("\\E")) quoted_ = false;
                out->push_back(pattern_[at_++]);
            } else if (pattern_[at_] == '\\' && at_ + 1 < pattern_.size()) {
                if (pattern_[at_ + 1] == 'C' && !in_class_) return false;
                quoted_ = pattern_[at_ + 1] == 'Q' && !in_class_;
                copy(2, out);
            } else if (in_class_) {
                if (starts("[:") && pattern_.find(":]", at_) != std::string::npos) {
                    copy(pattern_.find(":]", at_) + 2 - at_, out);
                    continue;
                }
                if (pattern_[at_] == ']') in_class_ = false;
                out->push_back(pattern_[at_++]);
            } else if (pattern_[at_] == '[') {
                open_class(out);
            } else if (starts("(?<")) {
                out->append("(?P<");
                at_ += 3;
            } else {
                out->push_back(pattern_[at_++]);
            }
        }
        return true;
    }

private:
    bool starts(const char *prefix) const {
        return pattern_.compare(at_, strlen(prefix), prefix) == 0;
    }

    void copy(size_t count, std::string *out) {
        out->append(pattern_, at_, count);
        at_ += count;
    }

    /// A `]` right after the opening is a member of the class.
    void open_class(std::string *out) {
        in_class_ = true;
        copy(starts("[^") ? 2 : 1, out);
        if (at_ < pattern_.size() && pattern_[at_] == ']') copy(1, out);
    }

    const std::string &pattern_;
    size_t at_ = 0;
    bool quoted_ = false;
    bool in_class_ = false;
};

}  // namespace

extern "C" cre2_regex *cre2_compile(
    const char *pattern, size_t length, int64_t memory_max, char *error, size_t capacity) {
    std::string source(pattern, length);
    std::string translated;
    if (!Translator(source).run(&translated)) {
        snprintf(error, capacity, "invalid escape sequence: `\\C`");
        return nullptr;
    }
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(memory_max);
    auto *compiled = new (std::nothrow) cre2_regex{re2::RE2(translated, options)};
    if (compiled == nullptr) {
        snprintf(error, capacity, "expression too large");
        return nullptr;
    }
    if (!compiled->regex.ok()) {
        describe(compiled->regex, source, error, capacity);
        delete compiled;
        return nullptr;
    }
    return compiled;
}

extern "C" void cre2_free(cre2_regex *regex) { delete regex; }

extern "C" int32_t cre2_group_count(const cre2_regex *regex) {
    return regex->regex.NumberOfCapturingGroups();
}

extern "C" int32_t cre2_group_named(const cre2_regex *regex, const char *name, size_t length) {
    const auto &names = regex->regex.NamedCapturingGroups();
    auto found = names.find(std::string(name, length));
    return found == names.end() ? -1 : found->second;
}

extern "C" bool cre2_matches(const cre2_regex *regex, const char *text, size_t length) {
    return regex->regex.Match(
        re2::StringPiece(text, length), 0, length, re2::RE2::UNANCHORED, nullptr, 0);
}

extern "C" bool cre2_find(
    const cre2_regex *regex, const char *text, size_t length, size_t start, cre2_range *ranges,
    int32_t count) {
    constexpr int32_t inline_count = 16;
    re2::StringPiece fixed[inline_count];
    std::vector<re2::StringPiece> larger;
    re2::StringPiece *pieces = fixed;
    if (count > inline_count) {
        larger.resize(count);
        pieces = larger.data();
    }
    re2::StringPiece whole(text, length);
    if (!regex->regex.Match(whole, start, length, re2::RE2::UNANCHORED, pieces, count))
        return false;
    for (int32_t index = 0; index < count; index++) {
        if (pieces[index].data() == nullptr) {
            ranges[index] = {-1, -1};
            continue;
        }
        int32_t from = static_cast<int32_t>(pieces[index].data() - text);
        ranges[index] = {from, from + static_cast<int32_t>(pieces[index].size())};
    }
    return true;
}
