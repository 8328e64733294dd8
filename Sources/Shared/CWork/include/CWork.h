// One pointer for each thread, which Swift cannot declare: to the work that the evaluation running
// on it may still do. Comparing, hashing and writing values count there, wherever they are called.
#ifndef CWORK_H
#define CWORK_H

extern _Thread_local long *cwork_current;

// NULL while the thread evaluates nothing.
static inline long *cwork_left(void) { return cwork_current; }

static inline void cwork_set(long *left) { cwork_current = left; }

#endif
