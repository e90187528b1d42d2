/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer of json.h: the text Jackson would print. The depth is bounded, so it
 * recurses. Running out of memory is seen once, at the end, in the bytes.
 */
#include "engine/base/json.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/decimal.h"
#include "engine/base/json_scan.h"

struct writer {
    struct asli_bytes *out;
    int depth;
    bool pretty, deep; /* deep: gave up, too many levels */
};

static void write_escape(struct asli_bytes *out, unsigned char c)
{
    static const char shorts[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char hex[] = "0123456789ABCDEF";
    char text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    char brief = c < 32 ? shorts[c] : (char)c; /* '"' and '\\' */
    if (brief)
        text[1] = brief;
    asli_bytes_add(out, text, brief ? 2 : 6);
}

static void write_string(struct asli_bytes *out, const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    uint64_t any = 0;
    if (asli_bytes_reserve(out, len + 2) && asli_json_run(p, end, &any) == end) {
        char *to = out->data + out->len;
        *to = '"';
        memcpy(to + 1, text, len);
        to[len + 1] = '"';
        out->len += len + 2;
        return;
    }
    asli_bytes_addc(out, '"');
    for (;;) {
        uint64_t high = 0;
        const char *stop = asli_json_run(p, end, &high);
        asli_bytes_add(out, p, (size_t)(stop - p));
        if (stop == end)
            break;
        write_escape(out, (unsigned char)*stop);
        p = stop + 1;
    }
    asli_bytes_addc(out, '"');
}

static void new_line(struct writer *w)
{
    asli_bytes_addc(w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        asli_bytes_add(w->out, "  ", 2);
}

/* What stands before a container's next element. */
static void write_between(struct writer *w, bool first)
{
    if (!first)
        asli_bytes_addc(w->out, ',');
    if (w->pretty)
        new_line(w);
}

static void write_value(struct writer *w, const json_t *value);

static void write_array(struct writer *w, const json_t *array)
{
    for (size_t i = 0, size = json_array_size(array); i < size && !w->deep; i++) {
        write_between(w, i == 0);
        write_value(w, json_array_get(array, i));
    }
}

static void write_object(struct writer *w, json_t *object)
{
    void *iter = json_object_iter(object);
    for (bool first = true; iter && !w->deep; first = false) {
        write_between(w, first);
        write_string(w->out, json_object_iter_key(iter), json_object_iter_key_len(iter));
        asli_bytes_addc(w->out, ':');
        if (w->pretty)
            asli_bytes_addc(w->out, ' ');
        write_value(w, json_object_iter_value(iter));
        iter = json_object_iter_next(object, iter);
    }
}

static void write_container(struct writer *w, const json_t *value)
{
    bool array = json_is_array(value);
    if (w->depth == ASLI_JSON_DEPTH) {
        w->deep = true;
        return;
    }
    w->depth++;
    asli_bytes_addc(w->out, array ? '[' : '{');
    if (array)
        write_array(w, value);
    else
        write_object(w, (json_t *)value); /* jansson's iterators want no const */
    w->depth--;
    if (w->pretty && (array ? json_array_size(value) : json_object_size(value)))
        new_line(w);
    asli_bytes_addc(w->out, array ? ']' : '}');
}

static void write_value(struct writer *w, const json_t *value)
{
    char number[32];
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        write_container(w, value);
        break;
    case JSON_STRING:
        write_string(w->out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        asli_bytes_add(w->out, number,
                       asli_decimal_integer(json_integer_value(value), number));
        break;
    case JSON_REAL:
        asli_bytes_add(w->out, number,
                       asli_json_real(json_real_value(value), w->pretty, number));
        break;
    case JSON_TRUE:
        asli_bytes_add(w->out, "true", 4);
        break;
    case JSON_FALSE:
        asli_bytes_add(w->out, "false", 5);
        break;
    case JSON_NULL:
        asli_bytes_add(w->out, "null", 4);
        break;
    }
}

static int write_document(struct writer *w, const json_t *value, asl_error *reterr)
{
    size_t before = w->out->len;
    write_value(w, value);
    if (w->out->oom)
        return asli_oom(reterr);
    if (!w->deep)
        return 0;
    w->out->len = before;
    return asl_error_set(reterr, ASL_ELIMIT, ASLI_JSON_TOO_DEEP, ASLI_JSON_DEPTH);
}

int asli_json_write(const json_t *value, struct asli_bytes *out, asl_error *reterr)
{
    struct writer w = {.out = out};
    return write_document(&w, value, reterr);
}

int asli_json_write_pretty(const json_t *value, struct asli_bytes *out, asl_error *reterr)
{
    struct writer w = {.out = out, .pretty = true};
    return write_document(&w, value, reterr);
}

int asli_json_text(const json_t *value, char **ret_text, size_t *ret_len,
                   asl_error *reterr)
{
    struct asli_bytes out = {0};
    asli_bytes_reserve(&out, 256); /* most texts; what is too much is given back */
    int rc = asli_json_write(value, &out, reterr);
    size_t len = out.len;
    if (rc) {
        asli_bytes_done(&out);
        return rc;
    }
    char *text = asli_bytes_take_text(&out);
    if (!text)
        return asli_oom(reterr);
    *ret_text = text;
    if (ret_len)
        *ret_len = len;
    return 0;
}
