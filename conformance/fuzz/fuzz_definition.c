/* SPDX-License-Identifier: Apache-2.0
 *
 * Loads any text as a definition of each type, strictly and not, and asks of the machine and of
 * the diagnostics what callers ask.
 */
#include <asl.h>

#include <stdlib.h>

#include "conformance/fuzz/fuzz.h"

/* A caller prints these. */
static void read_all(const asl_diagnostics *list)
{
    for (size_t i = 0; i < asl_diagnostics_count(list); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(list, i);
        if (!d->code || !d->message || !d->location || d->line < 0 || d->column < 0)
            abort();
    }
}

static void load(const char *text, size_t len, int express)
{
    asl_machine_options options = {
        .size = sizeof options, .express = express, .aws = express};
    asl_diagnostics *diagnostics = NULL;
    asl_machine *machine = NULL;
    json_t *references;
    int rc = asl_machine_load(text, len, &options, &machine, &diagnostics, NULL);
    read_all(diagnostics);
    if (rc == ASL_EDEFINITION && !asl_diagnostics_count(diagnostics))
        abort(); /* refused, and nobody learns why */
    asl_diagnostics_free(diagnostics);
    if (rc)
        return;
    if (!asl_machine_variable_references(machine, &references, NULL))
        json_decref(references);
    asl_machine_unref(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *text = len ? (const char *)data : "";
    load(text, len, 0);
    load(text, len, 1);
    return 0;
}
