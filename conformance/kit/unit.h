/* SPDX-License-Identifier: Apache-2.0
 *
 * What a unit test file provides: one suite. kit/unit.c has the main that runs it.
 */
#ifndef KIT_UNIT_H
#define KIT_UNIT_H

#include <check.h>

Suite *unit_suite(void);

#endif
