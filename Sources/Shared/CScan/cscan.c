#include "cscan.h"

void cscan_add(struct cscan_filter *filter, unsigned group, const uint8_t *word) {
    uint8_t bit = (uint8_t)(1u << (group & 7));
    for (size_t at = 0; at < CSCAN_WIDTH; at++) {
        filter->low[at][word[at] & 15] |= bit;
        filter->high[at][word[at] >> 4] |= bit;
    }
}

static inline uint8_t groups(const struct cscan_filter *filter, size_t at, uint8_t byte) {
    return filter->low[at][byte & 15] & filter->high[at][byte >> 4];
}

static size_t find_from(const struct cscan_filter *filter, const uint8_t *bytes, size_t start,
                        size_t end) {
    for (size_t at = start; at < end; at++) {
        if (groups(filter, 0, bytes[at]) & groups(filter, 1, bytes[at + 1]) &
            groups(filter, 2, bytes[at + 2])) {
            return at;
        }
    }
    return end;
}

size_t cscan_find_plain(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    return find_from(filter, bytes, 0, count - (CSCAN_WIDTH - 1));
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static inline __m256i
groups_32(__m256i low, __m256i high, const uint8_t *bytes) {
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
        uint32_t none = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, zero));
        if (none != 0xFFFFFFFFu) return at + (size_t)__builtin_ctz(~none);
    }
    return find_from(filter, bytes, at, end);
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
