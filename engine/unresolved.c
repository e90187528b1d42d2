/* SPDX-License-Identifier: Apache-2.0
 *
 * Substitutions of a template, ${Name}, that were left in a definition: a warning each, wherever
 * they stand, and never the cause of an error: what is refused only because its value is not
 * known yet is told by the warning alone.
 */
#include <string.h>

#include "engine/base/bytes.h"
#include "engine/load.h"

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"

const char *asli_unresolved(const char *text, size_t *ret_len)
{
    if (strncmp(text, "{%", 2) == 0) /* in JSONata a ${ is something else */
        return NULL;
    for (const char *p = text; (p = strstr(p, "${")); p += 2) {
        size_t len = strspn(p + 2, NAME_CHARS);
        if (!len || p[2 + len] != '}')
            continue;
        *ret_len = len + 3;
        return p;
    }
    return NULL;
}

/* The value at `place`; keys may hold '/', so the longest that fit are not the only ones tried. */
static json_t *value_at(json_t *value, const char *place)
{
    if (!*place)
        return value;
    const char *key = place + 1;
    for (const char *end = key; *place == '/'; end++) {
        end += strcspn(end, "/");
        size_t len = (size_t)(end - key), digits = strspn(key, "0123456789");
        json_t *inner = json_object_getn(value, key, len);
        if (json_is_array(value) && len && len == digits && len < 8) {
            size_t i = 0;
            for (const char *p = key; p < end; p++)
                i = i * 10 + (size_t)(*p - '0');
            inner = json_array_get(value, i);
        }
        json_t *found = inner ? value_at(inner, end) : NULL;
        if (found || !*end)
            return found;
    }
    return NULL;
}

bool asli_load_excused(struct asli_loader *loader, const struct asli_state *state,
                       const char *place, const char *code)
{
    struct asli_load *load = (struct asli_load *)loader;
    json_t *value = value_at(state ? state->value : loader->machine->tree, place);
    const char *text = json_string_value(value);
    bool target = strcmp(code, ASLI_CODE_TARGET) == 0;
    size_t len;
    if (!text || !asli_unresolved(text, &len) ||
        (!target && strcmp(code, ASLI_CODE_SCHEMA) != 0))
        return false;
    if (!load->incomplete)
        load->incomplete = text;
    const char *field = strrchr(place, '/');
    if (field && (strcmp(field, "/Type") == 0 || strcmp(field, "/End") == 0))
        load->shapeless = true;
    load->shapeless |= target;
    return true;
}

/* ---------------------------------------------------------------- the warnings */

/* Warns of `text` (a value or a key) at the place collected so far. */
static int warn_of(struct asli_load *load, struct asli_bytes *place, const char *text)
{
    size_t len;
    const char *name = asli_unresolved(text, &len);
    if (!name)
        return 0;
    asli_bytes_addc(place, '\0');
    if (place->oom)
        return ASL_ENOMEM;
    place->len--;
    return asli_diag(load->loader.diags, ASL_WARNING, ASLI_CODE_UNRESOLVED, place->data,
                     ASLI_MSG_UNRESOLVED, (int)len, name);
}

static int walk(struct asli_load *load, struct asli_bytes *place, json_t *value)
{
    const char *key;
    size_t i, len = place->len;
    json_t *inner;
    int code = json_is_string(value) ? warn_of(load, place, json_string_value(value)) : 0;
    json_array_foreach(value, i, inner)
    {
        asli_bytes_addf(place, "[%zu]", i);
        if (code || (code = walk(load, place, inner)))
            return code;
        place->len = len;
    }
    json_object_foreach(value, key, inner)
    {
        asli_bytes_addc(place, '/');
        asli_bytes_adds(place, key);
        if (code || (code = warn_of(load, place, key)) ||
            (code = walk(load, place, inner)))
            return code;
        place->len = len;
    }
    return code;
}

int asli_load_substitutions(struct asli_load *load)
{
    struct asli_bytes place = {0};
    int code = walk(load, &place, load->loader.machine->tree);
    asli_bytes_done(&place);
    return code;
}
