/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of services.c; a row without a name is the last.
 */
#ifndef ASLI_HTTP_SERVICES_H
#define ASLI_HTTP_SERVICES_H

#include "providers/http/service.h"

extern const struct asli_service asli_services[];
extern const struct asli_optimized asli_optimized[];

#endif
