/* SPDX-License-Identifier: Apache-2.0
 *
 * Jayway's sentences for a path that leads nowhere, as they appear in the Cause of a
 * failed execution. Made only after a miss, from the path and the place where it stopped.
 */
#include "engine/query/path_impl.h"

#include <limits.h>
#include <string.h>

#include "engine/query/intrinsic.h"

/* Jayway escapes quotes and backslashes where it prints a path, and does not where it
 * prints the way it went (`plain`). */
static void add_key(struct asli_bytes *out, const struct asli_path_key *key, char quote,
                    bool plain)
{
    asli_bytes_addc(out, quote);
    for (size_t i = 0; i < key->len; i++) {
        if (!plain && (key->text[i] == '\'' || key->text[i] == '\\'))
            asli_bytes_addc(out, '\\');
        asli_bytes_addc(out, key->text[i]);
    }
    asli_bytes_addc(out, quote);
}

static void add_number(struct asli_bytes *out, json_int_t value)
{
    asli_bytes_addf(out, "%" JSON_INTEGER_FORMAT, value);
}

static void add_part(struct asli_bytes *out, const struct asli_part *part, bool plain)
{
    switch (part->kind) {
    case ASLI_PART_KEY:
        asli_bytes_addc(out, '[');
        add_key(out, &part->key, plain ? '\'' : part->quote, plain);
        break;
    case ASLI_PART_KEYS:
        for (size_t i = 0; i < part->count; i++) {
            asli_bytes_addc(out, i ? ',' : '[');
            add_key(out, &part->keys[i], part->quote, plain);
        }
        break;
    case ASLI_PART_INDEX:
        asli_bytes_addc(out, '[');
        add_number(out, part->index);
        break;
    case ASLI_PART_INDEXES:
        for (size_t i = 0; i < part->count; i++) {
            asli_bytes_addc(out, i ? ',' : '[');
            add_number(out, part->indexes[i]);
        }
        break;
    case ASLI_PART_SLICE:
        asli_bytes_addc(out, '[');
        if (part->slice.has_from)
            add_number(out, part->slice.from);
        asli_bytes_addc(out, ':');
        if (part->slice.has_to)
            add_number(out, part->slice.to);
        break;
    case ASLI_PART_WILD:
        asli_bytes_adds(out, "[*");
        break;
    case ASLI_PART_FILTER:
        asli_bytes_adds(out, "[?");
        break;
    case ASLI_PART_SCAN:
        asli_bytes_adds(out, "..");
        return;
    case ASLI_PART_CALL:
        asli_bytes_addc(out, '.');
        asli_bytes_adds(out, asli_path_call_name(part->call));
        asli_bytes_adds(out, part->call->count ? "(...)" : "()");
        return;
    }
    asli_bytes_addc(out, ']');
}

static void add_parts(struct asli_bytes *out, const struct asli_path *path, size_t from,
                      size_t to, bool plain)
{
    for (size_t i = from; i < to; i++)
        add_part(out, &path->parts[i], plain);
}

/* The class of a value as Jackson binds it; of an array Jackson makes an ArrayList. */
static const char *java_class(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "java.util.LinkedHashMap";
    case JSON_ARRAY:
        return "java.util.ArrayList";
    case JSON_STRING:
        return "java.lang.String";
    case JSON_INTEGER:
        return json_integer_value(value) > INT_MAX || json_integer_value(value) < INT_MIN
                   ? "java.lang.Long"
                   : "java.lang.Integer";
    case JSON_REAL:
        return "java.lang.Double";
    case JSON_TRUE:
    case JSON_FALSE:
        return "java.lang.Boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

/* A key of something that is no object. The provider's name is a guess: the recordings
 * have no such case; that objects print as {a=1} elsewhere speaks for plain Jackson maps.
 */
static void add_no_object(struct asli_bytes *out, const struct asli_path *path,
                          const struct asli_found *found)
{
    asli_bytes_adds(out, "Expected to find an object with property ");
    add_parts(out, path, found->at, found->at + 1, false);
    asli_bytes_adds(out, " in path $");
    add_parts(out, path, 0, found->at, true);
    asli_bytes_adds(out, " but found '");
    asli_bytes_adds(out, java_class(found->node));
    asli_bytes_adds(out, "'. This is not a json object according to the JsonProvider: "
                         "'com.jayway.jsonpath.spi.json.JacksonJsonProvider'.");
}

static int add_no_array(struct asli_bytes *out, const struct asli_path *path,
                        const struct asli_found *found, const char *what)
{
    asli_bytes_adds(out, "Filter: ");
    add_parts(out, path, found->at, path->count, false);
    asli_bytes_adds(out, what);
    asli_bytes_adds(out, ". Current context is: ");
    return asli_java_text(found->node, out);
}

static void add_no_results(struct asli_bytes *out, const struct asli_path *path)
{
    asli_bytes_adds(out, "No results for path: $");
    add_parts(out, path, 0, path->count, false);
}

static int add_sentence(struct asli_bytes *out, const struct asli_path *path,
                        const struct asli_found *found)
{
    const struct asli_part *part = &path->parts[found->at];
    bool array = json_is_array(found->node), object = json_is_object(found->node);
    if (found->why) {
        asli_bytes_adds(out, found->why);
    } else if (part->kind == ASLI_PART_KEY || part->kind == ASLI_PART_KEYS) {
        if (!object) {
            add_no_object(out, path, found);
        } else if (found->at + 1 == path->count) {
            add_no_results(out, path);
        } else {
            asli_bytes_adds(out, "Missing property in path $");
            add_parts(out, path, 0, found->at + 1, true);
        }
    } else if (part->kind == ASLI_PART_FILTER) {
        return add_no_array(out, path, found, " can not be applied to primitives");
    } else if (array) {
        add_no_results(out, path);
    } else if (json_is_null(found->node)) {
        asli_bytes_adds(out, "The path $");
        add_parts(out, path, 0, found->at, true);
        asli_bytes_adds(out, " is null");
    } else {
        return add_no_array(out, path, found, " can only be applied to arrays");
    }
    return 0;
}

int asli_path_sentence(const struct asli_path *path, const struct asli_found *found,
                       char **ret_text, asl_error *reterr)
{
    struct asli_bytes out = {0};
    int rc = add_sentence(&out, path, found);
    if (rc || out.oom) {
        asli_bytes_done(&out);
        return rc ? asl_error_set(reterr, rc, "%s", asl_code_text(rc)) : asli_oom(reterr);
    }
    char *text = asli_bytes_take_text(&out);
    if (!text)
        return asli_oom(reterr);
    *ret_text = text;
    return 0;
}
