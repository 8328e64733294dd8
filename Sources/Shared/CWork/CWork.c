#include "CWork.h"

#include <stddef.h>

_Thread_local long *cwork_current = NULL;
