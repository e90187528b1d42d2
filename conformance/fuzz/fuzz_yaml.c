/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads any text as a definition in YAML (one that begins with '{': in JSON, whose numbers may be
 * ${Name}), with substitutions, and loads what comes out: every place that a diagnostic names has
 * to lead back into the source.
 */
#include <asl/definition.h>

#include <stdlib.h>

#include "conformance/fuzz/fuzz.h"

static const asl_substitution substitutions[] = {
    {"Name", "value \"quoted\""}, {"Number", "42"}, {"Empty", ""}};

static void load(asl_definition *definition)
{
    size_t len;
    const char *text = asl_definition_text(definition, &len);
    asl_machine_options options = {.size = sizeof options,
                                   .origin = asl_definition_origin,
                                   .origin_arg = definition};
    asl_diagnostics *diagnostics = NULL;
    asl_machine *machine;
    if (!asl_machine_load(text, len, &options, &machine, &diagnostics, NULL))
        asl_machine_unref(machine);
    for (size_t i = 0; i < asl_diagnostics_count(diagnostics); i++)
        if (asl_diagnostics_get(diagnostics, i)->line < 0)
            abort();
    asl_diagnostics_free(diagnostics);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    asl_definition *definition;
    enum asl_definition_format format =
        len && *data == '{' ? ASL_DEFINITION_JSON : ASL_DEFINITION_YAML;
    if (asl_definition_read(len ? (const char *)data : "", len, format, substitutions,
                            sizeof substitutions / sizeof *substitutions, &definition,
                            NULL))
        return 0;
    load(definition);
    asl_definition_free(definition);
    return 0;
}
