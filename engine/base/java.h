/* SPDX-License-Identifier: Apache-2.0
 *
 * Where AWS shows that it is Java: the order in which a java.util.HashMap shows its keys.
 */
#ifndef ASLI_BASE_JAVA_H
#define ASLI_BASE_JAVA_H

#include <stddef.h>
#include <stdint.h>

/* The bucket of the key in a HashMap that has grown to `count` entries. Keys come out by bucket,
 * and within one in the order in which they were put. */
uint32_t asli_java_bucket(const char *key, size_t len, size_t count);

#endif
