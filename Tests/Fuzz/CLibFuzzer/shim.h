#include <stddef.h>
#include <stdint.h>

// libFuzzer's loop, for a program with a main of its own (libclang_rt.fuzzer_no_main).
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *bytes, size_t count));
