/* SPDX-License-Identifier: Apache-2.0
 *
 * What a target of the fuzzer provides. replay.c gives it the files of a folder, libFuzzer (see
 * run) what it makes up. A target is one file fuzz_NAME.c; corpus/NAME has its first inputs, and
 * each input that once found something.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Always 0. What is wrong is for the sanitizers to find. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
