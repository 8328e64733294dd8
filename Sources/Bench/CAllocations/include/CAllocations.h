// Counts the calls of malloc, calloc and realloc in a process, by standing in for them.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

unsigned long allocation_count(void);

#endif
