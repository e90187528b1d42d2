/* SPDX-License-Identifier: Apache-2.0
 *
 * For those inside who check compiled expressions: their trees.
 */
#ifndef ASLI_JSONATA_JSONATA_H
#define ASLI_JSONATA_JSONATA_H

#include <asl/jsonata.h>

struct asli_jn_node;

/* The root of its tree, borrowed; walk it with asli_jn_children (engine/query/jsonata/tree.h). */
const struct asli_jn_node *asli_jsonata_root(const asl_jsonata *expr);

#endif
