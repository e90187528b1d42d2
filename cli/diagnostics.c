/* SPDX-License-Identifier: Apache-2.0
 *
 * How diagnostics are shown: as lines that editors and CI read, as AWS's response, as SARIF 2.1.0.
 *
 * All diagnostics are shown, in every shape, in the order of the text.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const char *word_of(const asl_diagnostic *d)
{
    return d->severity == ASL_ERROR ? "ERROR" : "WARNING";
}

static int at_least_1(int number)
{
    return number > 0 ? number : 1;
}

const char *cli_shown_path(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

void cli_diagnostics_print(FILE *out, const char *path, const asl_diagnostics *list)
{
    const char *file = cli_shown_path(path);
    for (size_t i = 0; list && i < asl_diagnostics_count(list); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(list, i);
        fprintf(out, "%s:%d:%d: %s %s: %s", file, at_least_1(d->line),
                at_least_1(d->column), word_of(d), d->code, d->message);
        if (d->location && d->location[0])
            fprintf(out, " at %s", d->location);
        fputc('\n', out);
    }
}

static json_t *text(const char *value)
{
    return cli_must(json_string(value));
}

static json_t *object(void)
{
    return cli_must(json_object());
}

static void set(json_t *into, const char *key, json_t *take_value)
{
    if (json_object_set_new(into, key, take_value) != 0)
        cli_must(NULL);
}

static void append(json_t *list, json_t *take_value)
{
    if (json_array_append_new(list, take_value) != 0)
        cli_must(NULL);
}

/* ---- AWS's response ---- */

static json_t *aws_diagnostic(const asl_diagnostic *d)
{
    json_t *one = object();
    set(one, "severity", text(word_of(d)));
    set(one, "code", text(d->code));
    set(one, "message", text(d->message));
    if (d->location && d->location[0])
        set(one, "location", text(d->location));
    return one;
}

json_t *cli_diagnostics_response(const char *file, const asl_diagnostics *list)
{
    json_t *response = object(), *diagnostics = cli_must(json_array());
    if (file)
        set(response, "file", text(file));
    set(response, "result", text(cli_has_errors(list) ? "FAIL" : "OK"));
    for (size_t i = 0; list && i < asl_diagnostics_count(list); i++)
        append(diagnostics, aws_diagnostic(asl_diagnostics_get(list, i)));
    set(response, "diagnostics", diagnostics);
    set(response, "truncated", json_false());
    return response;
}

/* ---- SARIF ---- */

json_t *cli_sarif(void)
{
    json_t *sarif = object(), *runs = cli_must(json_array()), *run = object();
    json_t *tool = object(), *driver = object();
    set(sarif, "$schema", text("https://json.schemastore.org/sarif-2.1.0.json"));
    set(sarif, "version", text("2.1.0"));
    set(driver, "name", text("asl"));
    set(driver, "version", text(asl_version()));
    set(driver, "rules", cli_must(json_array()));
    set(tool, "driver", driver);
    set(run, "tool", tool);
    set(run, "columnKind", text("unicodeCodePoints"));
    set(run, "results", cli_must(json_array()));
    append(runs, run);
    set(sarif, "runs", runs);
    return sarif;
}

static void add_rule(json_t *rules, const char *code)
{
    size_t i;
    json_t *rule;
    json_array_foreach(rules, i, rule)
    {
        if (strcmp(json_string_value(json_object_get(rule, "id")), code) == 0)
            return;
    }
    rule = object();
    set(rule, "id", text(code));
    append(rules, rule);
}

static json_t *sarif_location(const char *path, const asl_diagnostic *d)
{
    json_t *location = object(), *physical = object(), *artifact = object();
    json_t *region = object();
    set(artifact, "uri", text(path));
    set(region, "startLine", json_integer(at_least_1(d->line)));
    set(region, "startColumn", json_integer(at_least_1(d->column)));
    set(physical, "artifactLocation", artifact);
    set(physical, "region", region);
    set(location, "physicalLocation", physical);
    if (d->location && d->location[0]) {
        json_t *logical = cli_must(json_array()), *one = object();
        set(one, "fullyQualifiedName", text(d->location));
        append(logical, one);
        set(location, "logicalLocations", logical);
    }
    return location;
}

void cli_sarif_add(json_t *sarif, const char *path, const asl_diagnostics *list)
{
    json_t *run = json_array_get(json_object_get(sarif, "runs"), 0);
    json_t *driver = json_object_get(json_object_get(run, "tool"), "driver");
    for (size_t i = 0; list && i < asl_diagnostics_count(list); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(list, i);
        json_t *result = object(), *message = object(),
               *locations = cli_must(json_array());
        add_rule(json_object_get(driver, "rules"), d->code);
        set(message, "text", text(d->message));
        append(locations, sarif_location(path, d));
        set(result, "ruleId", text(d->code));
        set(result, "level", text(d->severity == ASL_ERROR ? "error" : "warning"));
        set(result, "message", message);
        set(result, "locations", locations);
        append(json_object_get(run, "results"), result);
    }
}
