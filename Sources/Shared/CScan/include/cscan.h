// Finds the places in a text where one of a few words may begin, by the first three bytes of each:
// 32 places at a time where the processor has AVX2, one at a time elsewhere.
#ifndef CSCAN_H
#define CSCAN_H

#include <stddef.h>
#include <stdint.h>

// Bytes that a filter looks at from each place on.
static const size_t CSCAN_WIDTH = 3;

// For each of the three bytes and each value of its low and its high nibble, the set of words (one
// bit for each of eight groups of words) that have such a byte there. All zero: no words.
struct cscan_filter {
    uint8_t low[3][16];
    uint8_t high[3][16];
};

// Adds a word. Groups are 0 to 7; words that begin alike belong in one group.
void cscan_add(struct cscan_filter *filter, unsigned group, const uint8_t *word);

// The first place before count - 2 where a word may begin; count - 2 when there is none.
// The count is at least 2.
size_t cscan_find(const struct cscan_filter *filter, const uint8_t *bytes, size_t count);

// The same, one place at a time on every processor: what the fast one is tested against.
size_t cscan_find_plain(const struct cscan_filter *filter, const uint8_t *bytes, size_t count);

#endif
