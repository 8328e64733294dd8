#include "cscan.h"

#include <string.h>

void cscan_make(struct cscan_filter *filter, const struct cscan_word *words, uint32_t count) {
    memset(filter, 0, sizeof *filter);
    filter->words = words;
    for (uint32_t index = 0; index < count; index++) {
        uint8_t bytes[8];
        memcpy(bytes, &words[index].bytes, sizeof bytes);
        uint32_t group = cscan_group(bytes[0]);
        for (size_t at = 0; at < CSCAN_WIDTH; at++) {
            filter->low[at][bytes[at] & 15] |= (uint8_t)(1u << group);
            filter->high[at][bytes[at] >> 4] |= (uint8_t)(1u << group);
        }
        for (uint32_t later = group + 1; later <= CSCAN_GROUPS; later++) filter->start[later]++;
    }
}

// Whether a word of these groups begins here. `left` bytes can be read.
static inline int begins(const struct cscan_filter *filter, unsigned groups, const uint8_t *here,
                         size_t left) {
    if (left < sizeof(uint64_t)) return 1;
    uint64_t text;
    memcpy(&text, here, sizeof text);
    for (; groups; groups &= groups - 1) {
        unsigned group = (unsigned)__builtin_ctz(groups);
        for (uint32_t at = filter->start[group]; at < filter->start[group + 1]; at++) {
            if ((text & filter->words[at].mask) == filter->words[at].bytes) return 1;
        }
    }
    return 0;
}

static inline unsigned groups_at(const struct cscan_filter *filter, size_t at, uint8_t byte) {
    return filter->low[at][byte & 15] & filter->high[at][byte >> 4];
}

static size_t find_from(const struct cscan_filter *filter, const uint8_t *bytes, size_t start,
                        size_t count) {
    size_t end = count - (CSCAN_WIDTH - 1);
    for (size_t at = start; at < end; at++) {
        unsigned groups = groups_at(filter, 0, bytes[at]) & groups_at(filter, 1, bytes[at + 1]) &
                          groups_at(filter, 2, bytes[at + 2]);
        if (groups && begins(filter, groups, bytes + at, count - at)) return at;
    }
    return end;
}

size_t cscan_find_plain(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    return find_from(filter, bytes, 0, count);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static inline __m256i groups_32(__m256i low, __m256i high,
                                                                const uint8_t *bytes) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i text = _mm256_loadu_si256((const __m256i *)bytes);
    __m256i lows = _mm256_shuffle_epi8(low, _mm256_and_si256(text, nibble));
    __m256i highs =
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(text, 4), nibble));
    return _mm256_and_si256(lows, highs);
}

__attribute__((target("avx2"))) static inline __m256i table(const uint8_t *bytes) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)bytes));
}

__attribute__((target("avx2"))) static size_t find_avx2(const struct cscan_filter *filter,
                                                        const uint8_t *bytes, size_t count) {
    const __m256i low0 = table(filter->low[0]), high0 = table(filter->high[0]);
    const __m256i low1 = table(filter->low[1]), high1 = table(filter->high[1]);
    const __m256i low2 = table(filter->low[2]), high2 = table(filter->high[2]);
    const __m256i zero = _mm256_setzero_si256();
    size_t end = count - (CSCAN_WIDTH - 1);
    size_t at = 0;
    for (; at + 32 <= end; at += 32) {
        const uint8_t *here = bytes + at;
        __m256i found = groups_32(low0, high0, here);
        found = _mm256_and_si256(found, groups_32(low1, high1, here + 1));
        found = _mm256_and_si256(found, groups_32(low2, high2, here + 2));
        uint32_t hits = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, zero));
        if (!hits) continue;
        uint8_t groups[32];
        _mm256_storeu_si256((__m256i *)groups, found);
        for (; hits; hits &= hits - 1) {
            size_t place = at + (size_t)__builtin_ctz(hits);
            if (begins(filter, groups[place - at], bytes + place, count - place)) return place;
        }
    }
    return find_from(filter, bytes, at, count);
}

size_t cscan_find(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    if (__builtin_cpu_supports("avx2")) return find_avx2(filter, bytes, count);
    return cscan_find_plain(filter, bytes, count);
}
#else
size_t cscan_find(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    return cscan_find_plain(filter, bytes, count);
}
#endif
