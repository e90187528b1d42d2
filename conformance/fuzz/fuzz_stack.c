/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads any text as a SAM or CloudFormation template, and takes all machines and tables out.
 */
#include <asl/definition.h>

#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"

static void read_machines(const asl_stack *stack)
{
    const asl_stack_machine *m;
    for (size_t i = 0; (m = asl_stack_machine_get(stack, i)) != NULL; i++) {
        asl_definition *definition;
        if (!m->id || !m->name)
            abort();
        if (asl_stack_definition(stack, m, NULL, 0, &definition, NULL))
            continue;
        int line = 1, column = 1;
        asl_definition_origin(definition, &line, &column);
        if (!asl_definition_text(definition, NULL) || line < 0 || column < 0)
            abort();
        asl_definition_free(definition);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    asl_stack *stack;
    const asl_stack_table *table;
    if (asl_stack_read(len ? (const char *)data : "", len, NULL, &stack, NULL))
        return 0;
    read_machines(stack);
    for (size_t i = 0; (table = asl_stack_table_get(stack, i)) != NULL; i++)
        if (!table->id || !table->name || !table->hash_key)
            abort();
    asl_stack_free(stack);
    return 0;
}
