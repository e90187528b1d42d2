/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures. The reference turns one into a regular expression over the kinds of the arguments;
 * here the same is matched by hand, greedily and with backtracking.
 */
#include "engine/query/jsonata/signature.h"

/* array, string, number, boolean, null, function, object, missing */
static const char kinds[] = "asnblfom";
enum { MISSING = 1 << 7, FUNCTIONS = 1 << 5, ANY = 0xff };

static uint16_t kind_bit(char c)
{
    const char *at = c ? strchr(kinds, c) : NULL;
    return at ? (uint16_t)(1u << (at - kinds)) : 0;
}

static char kind_of(jn_value v)
{
    static const char letters[] = {
        [JN_UNDEFINED] = 'm', [JN_NULL] = 'l',   [JN_BOOL] = 'b',     [JN_INTEGER] = 'n',
        [JN_NUMBER] = 'n',    [JN_STRING] = 's', [JN_JARRAY] = 'a',   [JN_ARRAY] = 'a',
        [JN_JOBJECT] = 'o',   [JN_OBJECT] = 'o', [JN_FUNCTION] = 'f', [JN_TUPLE] = 'o',
        [JN_THUNK] = 'f'};
    return letters[v.type];
}

static uint16_t accepts(char c)
{
    switch (c) {
    case 'a':
    case 'x':
        return ANY;
    case 'j':
        return ANY & ~FUNCTIONS;
    case 'f':
        return FUNCTIONS;
    default:
        return kind_bit(c) | MISSING;
    }
}

/* The place of the bracket that closes the one before `at`. */
static size_t closing(const char *text, size_t len, size_t at, char open, char close)
{
    for (int depth = 1; at < len; at++) {
        depth += text[at] == open ? 1 : text[at] == close ? -1 : 0;
        if (depth == 0)
            break;
    }
    return at;
}

static int fault(struct asli_jn_trouble *trouble, const char *code, jn_value value,
                 size_t offset, size_t *ret_offset)
{
    trouble->code = code;
    trouble->value = value;
    *ret_offset = offset;
    return ASLI_JN_FAULT;
}

static void choice(struct asli_jn_param *param, const char *text, size_t len)
{
    param->type = '(';
    param->accepts = MISSING;
    for (size_t i = 0; i < len; i++)
        param->accepts |= kind_bit(text[i]);
}

/* What stands behind a parameter and says more of it. */
static void modify(struct asli_jn_param *param, char c)
{
    param->optional |= c != '+';
    param->many |= c == '+';
    param->context |= c == '-';
}

int asli_jn_signature(struct asli_jn_arena *arena, const char *text, size_t len,
                      struct asli_jn_signature **ret_signature,
                      struct asli_jn_trouble *trouble, size_t *ret_offset)
{
    struct asli_jn_param list[JN_MAX_PARAMS + 1] = {{0}}, *last = NULL;
    uint8_t count = 0;
    for (size_t i = 1; i < len && text[i] != ':' && count < JN_MAX_PARAMS; i++) {
        char c = text[i];
        if (c == '(') {
            size_t end = closing(text, len, i + 1, '(', ')');
            if (memchr(text + i, '<', end - i))
                return fault(trouble, "S0402", asli_jn_string(text + i + 1, end - i - 1),
                             i, ret_offset);
            last = &list[count++];
            choice(last, text + i + 1, end - i - 1);
            i = end;
        } else if (c == '<') {
            if (!last || (last->type != 'a' && last->type != 'f'))
                return fault(trouble, "S0401",
                             last ? asli_jn_string(text + i - 1, 1) : JN_NOTHING, i,
                             ret_offset);
            size_t end = closing(text, len, i + 1, '<', '>');
            last->items = end > i + 1 ? text[i + 1] : '?'; /* which nothing is */
            i = end;
        } else if (c == '-' || c == '?' || c == '+') {
            if (last)
                modify(last, c);
        } else if (c && strchr("snbloafjx", c)) {
            last = &list[count++];
            *last = (struct asli_jn_param){.type = c, .accepts = accepts(c)};
        }
    }
    struct asli_jn_signature *s = asli_jn_alloc(arena, sizeof *s + count * sizeof *list);
    if (!s)
        return -1;
    s->count = count;
    memcpy(s->params, list, count * sizeof *list);
    *ret_signature = s;
    return 0;
}

/* ------------------------------------------------------------------ matching */

struct match {
    const struct asli_jn_signature *signature;
    const jn_value *args;
    uint32_t count;
    uint32_t took[JN_MAX_PARAMS]; /* how many arguments each parameter has */
    /* From this argument on a parameter was tried in vain, and there it could take all before
     * `reach`. Being greedy, whoever comes before it hands it arguments from right to left: so the
     * leftmost one stands for all, and each is tried once. */
    uint32_t failed[JN_MAX_PARAMS + 1], reach[JN_MAX_PARAMS];
};

static bool accepted(const struct match *m, uint32_t param, uint32_t arg)
{
    return arg < m->count &&
           (m->signature->params[param].accepts & kind_bit(kind_of(m->args[arg])));
}

/* Behind the last argument that the parameter can take from `arg` on. */
static uint32_t reach_of(const struct match *m, uint32_t param, uint32_t arg)
{
    if (!m->signature->params[param].many)
        return arg + accepted(m, param, arg);
    while (accepted(m, param, arg))
        if (++arg == m->failed[param])
            return m->reach[param];
    return arg;
}

static bool match_from(struct match *m, uint32_t param, uint32_t end, uint32_t arg,
                       bool whole, uint32_t *ret_reached)
{
    if (param == end && (!whole || arg == m->count)) {
        *ret_reached = arg;
        return true;
    }
    if (param < end) {
        uint32_t first = arg + !m->signature->params[param].optional;
        uint32_t reach = reach_of(m, param, arg), tried = m->failed[param + 1];
        for (uint32_t next = reach < tried ? reach + 1 : tried; next-- > first;) {
            m->took[param] = next - arg;
            if (match_from(m, param + 1, end, next, whole, ret_reached))
                return true;
        }
        m->reach[param] = reach;
    }
    m->failed[param] = arg;
    return false;
}

/* The parameters before `end` take arguments, all of them when `whole`. *ret_reached: how far
 * they came. */
static bool match(struct match *m, uint32_t end, bool whole, uint32_t *ret_reached)
{
    memset(m->failed, 0xff, sizeof m->failed);
    return match_from(m, 0, end, 0, whole, ret_reached);
}

static int mismatch(struct match *m, struct asli_jn_trouble *trouble)
{
    uint32_t good = 0;
    for (uint32_t end = 1; end <= m->signature->count; end++)
        if (!match(m, end, false, &good))
            break;
    trouble->code = "T0410";
    trouble->value = good < m->count ? m->args[good] : JN_NOTHING;
    trouble->index = (int)good + 1;
    return ASLI_JN_FAULT;
}

static const char *plural(char kind)
{
    switch (kind) {
    case 'a':
        return "arrays";
    case 'b':
        return "booleans";
    case 'f':
        return "functions";
    case 'n':
        return "numbers";
    case 'o':
        return "objects";
    case 's':
        return "strings";
    default:
        return NULL;
    }
}

static bool items_fit(const struct asli_jn_param *p, jn_value arg, bool alone)
{
    if (!p->items)
        return true;
    if (!asli_jn_is_array(arg))
        return alone && kind_of(arg) == p->items;
    size_t len = asli_jn_len(arg);
    if (arg.type == JN_ARRAY && !arg.as.array->items)
        return len == 0 || p->items == 'n';
    for (size_t i = 0; i < len; i++)
        if (kind_of(asli_jn_at(arg, i)) != p->items)
            return false;
    return true;
}

/* An argument for an array: its items checked, made one when it is none. */
static int array_argument(const struct asli_jn_param *p, struct asli_jn_arena *arena,
                          uint32_t index, bool alone, jn_value *arg,
                          struct asli_jn_trouble *trouble)
{
    if (arg->type == JN_UNDEFINED)
        return 0;
    if (!items_fit(p, *arg, alone)) {
        trouble->code = "T0412";
        trouble->value = *arg;
        trouble->index = (int)index + 1;
        trouble->type = plural(p->items);
        return ASLI_JN_FAULT;
    }
    if (asli_jn_is_array(*arg))
        return 0;
    struct {
        struct asli_jn_array array;
        jn_value item;
    } *made = asli_jn_alloc(arena, sizeof *made);
    if (!made)
        return -1;
    made->item = *arg;
    made->array = (struct asli_jn_array){.len = 1, .items = &made->item};
    *arg = asli_jn_of_array(&made->array);
    return 0;
}

/* Is each parameter's argument just there, and none to be changed? */
static bool plain(const struct asli_jn_signature *s, const jn_value *args, uint32_t count)
{
    if (count != s->count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct asli_jn_param *p = &s->params[i];
        if (p->many || !(p->accepts & kind_bit(kind_of(args[i]))) ||
            (p->type == 'a' &&
             (!asli_jn_is_array(args[i]) || !items_fit(p, args[i], true))))
            return false;
    }
    return true;
}

bool asli_jn_positional(const struct asli_jn_signature *s, const jn_value *args,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct asli_jn_param *p = &s->params[i];
        if (args[i].type != JN_UNDEFINED &&
            (i >= s->count || !(p->accepts & kind_bit(kind_of(args[i]))) ||
             (p->type == 'a' &&
              (!asli_jn_is_array(args[i]) || !items_fit(p, args[i], true)))))
            return false;
    }
    return true;
}

/* What a parameter without an argument gets. */
static int absent(const struct asli_jn_param *p, jn_value context, uint32_t index,
                  struct asli_jn_trouble *trouble)
{
    if (p->accepts & kind_bit(kind_of(context)))
        return 0;
    trouble->code = "T0411";
    trouble->value = context;
    trouble->index = (int)index + 1;
    return ASLI_JN_FAULT;
}

int asli_jn_validate(const struct asli_jn_signature *s, struct asli_jn_arena *arena,
                     const jn_value *args, uint32_t count, jn_value context,
                     const jn_value **ret_args, uint32_t *ret_count,
                     struct asli_jn_trouble *trouble)
{
    struct match m = {.signature = s, .args = args, .count = count};
    uint32_t reached, n = 0, arg = 0;
    *ret_args = args;
    *ret_count = count;
    if (plain(s, args, count))
        return 0;
    if (!match(&m, s->count, true, &reached))
        return mismatch(&m, trouble);
    jn_value *valid = asli_jn_alloc(arena, (count + s->count + 1) * sizeof *valid);
    if (!valid)
        return -1;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct asli_jn_param *p = &s->params[i];
        int result = 0;
        if (m.took[i] == 0 && p->context) {
            result = absent(p, context, arg, trouble);
            valid[n++] = context;
        } else if (m.took[i] == 0) {
            valid[n++] = arg < count ? args[arg] : JN_NOTHING;
            arg++;
        }
        for (uint32_t k = 0; result == 0 && k < m.took[i]; k++, arg++, n++) {
            /* a parameter before it that took none has still gone past an argument */
            valid[n] = arg < count ? args[arg] : JN_NOTHING;
            if (p->type == 'a' && arg < count)
                result =
                    array_argument(p, arena, arg, m.took[i] == 1, &valid[n], trouble);
        }
        if (result != 0)
            return result;
    }
    *ret_args = valid;
    *ret_count = n;
    return 0;
}
