#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop; the library comes with the compiler (clang_rt.fuzzer_no_main).
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*check)(const uint8_t *data, size_t size));
