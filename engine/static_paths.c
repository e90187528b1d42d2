/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts that look like paths or calls where nothing evaluates them: the three warnings of AWS, in its
 * words. Only JSONPath tells the one from the other by a field's name.
 */
#include <string.h>

#include "engine/load.h"
#include "engine/state.h"

#define PATH "JSONPath"
#define CALL "Intrinsic Function"

__attribute__((format(printf, 5, 6))) static int warn(struct asli_load *load,
                                                      const struct asli_state *state,
                                                      const char *code, const char *where,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = asli_load_report(&load->loader, ASL_WARNING, state, code, where, "",
                                  format, args);
    va_end(args);
    return result;
}

/* PATH, CALL, or NULL: neither. */
static const char *look_of(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (!text)
        return NULL;
    if (text[0] == '$' && (!text[1] || strchr(".[$", text[1])))
        return PATH;
    return strncmp(text, "States.", 7) == 0 && strchr(text, '(') && text[len - 1] == ')'
               ? CALL
               : NULL;
}

static bool is_evaluated(const char *key)
{
    size_t len = strlen(key);
    return len >= 2 && strcmp(key + len - 2, ".$") == 0;
}

typedef int member_fn(struct asli_load *load, const struct asli_state *state,
                      const char *where, const char *key, const json_t *value);

static int check_no_dollar(struct asli_load *load, const struct asli_state *state,
                           const char *where, const char *key, const json_t *value)
{
    const char *look = look_of(value);
    if (!look || is_evaluated(key))
        return 0;
    return warn(load, state, ASLI_CODE_NO_DOLLAR, where, ASLI_MSG_NO_DOLLAR, key,
                strcmp(look, CALL) == 0 ? "an" : "a", look, key, key,
                strcmp(look, CALL) == 0 ? "an" : "a", look);
}

static int check_result(struct asli_load *load, const struct asli_state *state,
                        const char *where, const char *key, const json_t *value)
{
    if (!look_of(value) || !is_evaluated(key))
        return 0;
    return warn(load, state, ASLI_CODE_STATIC, where, ASLI_MSG_STATIC, key);
}

/* All members of the objects in `value`; it is not deeper than the definition. */
static int each(struct asli_load *load, const struct asli_state *state, const char *where,
                json_t *value, member_fn *fn)
{
    const char *key;
    json_t *inner;
    size_t i;
    int code = 0;
    json_object_foreach(value, key, inner)
    {
        if (!code)
            code = fn(load, state, where, key, inner);
        if (!code)
            code = each(load, state, where, inner, fn);
    }
    json_array_foreach(value, i, inner)
    {
        if (!code)
            code = each(load, state, where, inner, fn);
    }
    return code;
}

static int check_no_path(struct asli_load *load, const struct asli_state *state,
                         const char *where)
{
    const char *name = where + 1;
    const char *look = look_of(json_object_get(state->value, name));
    if (!look || strcmp(look, PATH) != 0)
        return 0;
    return warn(load, state, ASLI_CODE_NO_PATH, where, ASLI_MSG_NO_PATH, name, name,
                name);
}

static int check_state(struct asli_load *load, const struct asli_state *state)
{
    static const char *const templates[] = {"/Parameters", "/ResultSelector",
                                            "/ItemSelector", "/Assign"};
    int code = 0;
    for (size_t i = 0; !code && i < sizeof templates / sizeof *templates; i++)
        code = each(load, state, templates[i],
                    json_object_get(state->value, templates[i] + 1), check_no_dollar);
    if (!code && strcmp(state->ops->type, "Pass") == 0)
        code = each(load, state, "/Result", json_object_get(state->value, "Result"),
                    check_result);
    if (code || strcmp(state->ops->type, "Fail") != 0)
        return code;
    code = check_no_path(load, state, "/Error");
    return code ? code : check_no_path(load, state, "/Cause");
}

int asli_load_static_paths(struct asli_load *load)
{
    const asl_machine *machine = load->loader.machine;
    int code = 0;
    for (size_t i = 0; !code && i < machine->state_count; i++) {
        const struct asli_state *state = machine->states[i];
        if (state->ops && !state->jsonata)
            code = check_state(load, state);
    }
    return code;
}
