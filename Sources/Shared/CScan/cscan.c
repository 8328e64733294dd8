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
            filter->septets[at][bytes[at] & 127] |= (uint8_t)(1u << group);
        }
        for (uint32_t later = group + 1; later <= CSCAN_GROUPS; later++) filter->start[later]++;
    }
}

// What both septets and nibbles let pass, so that it makes no difference which were asked first.
static inline unsigned groups_at(const struct cscan_filter *filter, size_t at, uint8_t byte) {
    return filter->septets[at][byte & 127] & filter->low[at][byte & 15] &
           filter->high[at][byte >> 4];
}

// Whether a word begins here. `left` bytes can be read.
static inline int begins(const struct cscan_filter *filter, const uint8_t *here, size_t left) {
    unsigned groups = groups_at(filter, 0, here[0]) & groups_at(filter, 1, here[1]) &
                      groups_at(filter, 2, here[2]);
    if (!groups || left < sizeof(uint64_t)) return groups != 0;
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

static size_t find_from(const struct cscan_filter *filter, const uint8_t *bytes, size_t start,
                        size_t count) {
    size_t end = count - (CSCAN_WIDTH - 1);
    for (size_t at = start; at < end; at++) {
        if (begins(filter, bytes + at, count - at)) return at;
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
        for (; hits; hits &= hits - 1) {
            size_t place = at + (size_t)__builtin_ctz(hits);
            if (begins(filter, bytes + place, count - place)) return place;
        }
    }
    return find_from(filter, bytes, at, count);
}

#define VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi")))

// The groups of 64 bytes: one look-up, where nibbles take two.
VBMI static inline __m512i groups_64(const __m512i *table, __m512i bytes) {
    return _mm512_permutex2var_epi8(table[0], bytes, table[1]);
}

// The places among 64 that the filter lets pass.
VBMI static inline uint64_t hits_64(const __m512i *tables, __m512i first, __m512i second,
                                    __m512i third) {
    __m512i found = _mm512_and_si512(groups_64(tables, first), groups_64(tables + 2, second));
    return _mm512_test_epi8_mask(found, groups_64(tables + 4, third));
}

// The first of the hits behind `bytes` where a word begins; -1 when there is none.
static inline int first_of(const struct cscan_filter *filter, uint64_t hits, const uint8_t *bytes,
                           size_t left) {
    for (; hits; hits &= hits - 1) {
        int place = __builtin_ctzll(hits);
        if (begins(filter, bytes + place, left - (size_t)place)) return place;
    }
    return -1;
}

VBMI static size_t find_vbmi(const struct cscan_filter *filter, const uint8_t *bytes,
                             size_t count) {
    __m512i tables[2 * CSCAN_WIDTH];
    for (size_t at = 0; at < CSCAN_WIDTH; at++) {
        tables[2 * at] = _mm512_loadu_si512(filter->septets[at]);
        tables[2 * at + 1] = _mm512_loadu_si512(filter->septets[at] + 64);
    }
    size_t end = count - (CSCAN_WIDTH - 1);
    size_t at = 0;
    for (; at + 64 <= end; at += 64) {
        const uint8_t *here = bytes + at;
        uint64_t hits = hits_64(tables, _mm512_loadu_si512(here), _mm512_loadu_si512(here + 1),
                                _mm512_loadu_si512(here + 2));
        if (!hits) continue;
        int place = first_of(filter, hits, here, count - at);
        if (place >= 0) return at + (size_t)place;
    }
    if (at == end) return end;
    // Nothing behind the last bytes is read.
    const uint8_t *here = bytes + at;
    __mmask64 wanted = ((__mmask64)1 << (end - at)) - 1;
    uint64_t hits = hits_64(tables, _mm512_maskz_loadu_epi8(wanted, here),
                            _mm512_maskz_loadu_epi8(wanted, here + 1),
                            _mm512_maskz_loadu_epi8(wanted, here + 2));
    int place = first_of(filter, hits & wanted, here, count - at);
    return place >= 0 ? at + (size_t)place : end;
}

size_t cscan_find_32(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    if (__builtin_cpu_supports("avx2")) return find_avx2(filter, bytes, count);
    return cscan_find_plain(filter, bytes, count);
}

size_t cscan_find(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw")) {
        return find_vbmi(filter, bytes, count);
    }
    return cscan_find_32(filter, bytes, count);
}
#else
size_t cscan_find_32(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    return cscan_find_plain(filter, bytes, count);
}

size_t cscan_find(const struct cscan_filter *filter, const uint8_t *bytes, size_t count) {
    return cscan_find_plain(filter, bytes, count);
}
#endif
