// Finds the places in a text where one of a few words may begin: by the first three bytes of each,
// 64 places at a time where the processor has AVX-512 VBMI, 32 where it has AVX2, and one at a time
// elsewhere; and then by the first eight.
#ifndef CSCAN_H
#define CSCAN_H

#include <stddef.h>
#include <stdint.h>

// The fewest bytes of a word.
#define CSCAN_WIDTH 3
#define CSCAN_GROUPS 8

// The first eight bytes of a word as they lie in memory; where it has fewer, those that count.
struct cscan_word {
    uint64_t bytes;
    uint64_t mask;
};

struct cscan_filter {
    // For each of the first three bytes and each value of its low and its high nibble, the groups
    // (one bit each) that have a word with such a byte there. All zero: no words.
    uint8_t low[CSCAN_WIDTH][16];
    uint8_t high[CSCAN_WIDTH][16];
    // The same for the low seven bits of each byte. What either lets pass both are asked about.
    uint8_t septets[CSCAN_WIDTH][128];
    // The words of group g are words[start[g]] up to words[start[g + 1]].
    uint32_t start[CSCAN_GROUPS + 1];
    // Belongs to whoever made the filter.
    const struct cscan_word *words;
};

// The group that a word with this first byte belongs to, below CSCAN_GROUPS.
static inline uint32_t cscan_group(uint8_t first) { return first * 0x9E3779B1u >> 29; }

// Makes a filter of words that are sorted by their groups.
void cscan_make(struct cscan_filter *filter, const struct cscan_word *words, uint32_t count);

// The first place before count - 2 where a word may begin; count - 2 when there is none. Fewer than
// eight bytes before the end, three decide. The count is at least 2.
size_t cscan_find(const struct cscan_filter *filter, const uint8_t *bytes, size_t count);

// The same, one place at a time, and 32 at a time if the processor can: what the fastest one is
// tested against.
size_t cscan_find_plain(const struct cscan_filter *filter, const uint8_t *bytes, size_t count);
size_t cscan_find_32(const struct cscan_filter *filter, const uint8_t *bytes, size_t count);

#endif
