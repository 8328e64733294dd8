// How often a program that links this allocated memory, on all its threads.
#ifndef CALLOCATIONCOUNT_H
#define CALLOCATIONCOUNT_H

long allocation_count(void);

#endif
