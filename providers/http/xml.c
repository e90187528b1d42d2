/* SPDX-License-Identifier: Apache-2.0
 *
 * See xml.h. A reader that goes down with the elements.
 */
#include "providers/http/xml.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"

#define MAX_DEPTH 64

struct xml {
    const char *p, *end;
    bool oom;
};

json_t *asli_xml_child(const json_t *element, const char *name)
{
    return json_array_get(json_object_get(element, name), 0);
}

const char *asli_xml_text(const json_t *element, const char *name)
{
    return json_string_value(asli_xml_child(element, name));
}

static bool at(const struct xml *x, const char *what)
{
    size_t len = strlen(what);
    return (size_t)(x->end - x->p) >= len && memcmp(x->p, what, len) == 0;
}

/* Goes behind the next `what`. */
static bool skip_to(struct xml *x, const char *what)
{
    const char *found = memmem(x->p, (size_t)(x->end - x->p), what, strlen(what));
    x->p = found ? found + strlen(what) : x->end;
    return found != NULL;
}

/* Comments, <? ?> and <!DOCTYPE >. */
static bool skip_other(struct xml *x)
{
    if (at(x, "<!--"))
        return skip_to(x, "-->");
    if (at(x, "<?"))
        return skip_to(x, "?>");
    return skip_to(x, ">");
}

static bool is_other(const struct xml *x)
{
    return at(x, "<?") || (at(x, "<!") && !at(x, "<![CDATA["));
}

/* ---- texts ---- */

static void add_character(struct asli_bytes *out, const char *digits, int base)
{
    char buf[4];
    unsigned long c = strtoul(digits, NULL, base);
    if (c > 0 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF))
        asli_bytes_add(out, buf, asli_utf8_encode((uint32_t)c, buf));
}

static void read_entity(struct xml *x, struct asli_bytes *out)
{
    static const struct {
        const char *name;
        char c;
    } rows[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (at(x, rows[i].name)) {
            asli_bytes_addc(out, rows[i].c);
            x->p += strlen(rows[i].name);
            return;
        }
    }
    const char *end = memchr(x->p, ';', (size_t)(x->end - x->p));
    if (end && end - x->p <= 9 && at(x, "&#")) {
        bool hex = x->p[2] == 'x';
        add_character(out, x->p + 2 + hex, hex ? 16 : 10); /* stops at the ';' */
        x->p = end + 1;
    } else
        asli_bytes_addc(out, *x->p++);
}

static bool read_cdata(struct xml *x, struct asli_bytes *out)
{
    x->p += strlen("<![CDATA[");
    const char *begin = x->p;
    if (!skip_to(x, "]]>"))
        return false;
    asli_bytes_add(out, begin, (size_t)(x->p - 3 - begin));
    return true;
}

/* ---- elements ---- */

static json_t *read_content(struct xml *x, const char *name, size_t name_len, int depth);

static size_t name_length(const struct xml *x)
{
    size_t len = 0;
    while (x->p + len < x->end && !strchr(" \t\r\n/>", x->p[len]))
        len++;
    return len;
}

/* Behind the end of a tag; *ret_empty: it was "/>". Values of attributes may hold '>'. */
static bool end_tag(struct xml *x, bool *ret_empty)
{
    char quote = '\0';
    for (; x->p < x->end; x->p++) {
        if (quote)
            quote = *x->p == quote ? '\0' : quote;
        else if (*x->p == '"' || *x->p == '\'')
            quote = *x->p;
        else if (*x->p == '>')
            break;
    }
    if (x->p == x->end)
        return false;
    *ret_empty = x->p[-1] == '/';
    x->p++;
    return true;
}

/* Reads "<NAME ...>...</NAME>" into `object`. */
static bool read_element(struct xml *x, json_t *object, int depth)
{
    x->p++;
    const char *name = x->p;
    size_t len = name_length(x);
    bool empty;
    if (!len || depth > MAX_DEPTH || !end_tag(x, &empty))
        return false;
    ASLI_AUTO(text) char *key = asli_strndup(name, len);
    json_t *content = empty ? json_string("") : read_content(x, name, len, depth);
    json_t *list = key ? json_object_get(object, key) : NULL;
    if (key && !list) {
        list = json_array();
        if (json_object_set_new(object, key, list))
            list = NULL;
    }
    if (!content)
        return false;
    if (json_array_append_new(list, content))
        x->oom = true;
    return !x->oom;
}

/* Up to "</NAME>": what came is an object when there were elements, else a text. */
static json_t *read_content(struct xml *x, const char *name, size_t name_len, int depth)
{
    struct asli_bytes text = {0};
    ASLI_AUTO(json) json_t *object = json_object();
    bool ok = object != NULL;
    while (ok && x->p < x->end && !at(x, "</")) {
        if (is_other(x))
            ok = skip_other(x);
        else if (at(x, "<![CDATA["))
            ok = read_cdata(x, &text);
        else if (*x->p == '<')
            ok = read_element(x, object, depth + 1);
        else if (*x->p == '&')
            read_entity(x, &text);
        else
            asli_bytes_addc(&text, *x->p++);
    }
    x->oom = x->oom || text.oom || !object;
    ok = ok && !x->oom && at(x, "</") && (size_t)(x->end - x->p) > name_len + 2 &&
         memcmp(x->p + 2, name, name_len) == 0 && skip_to(x, ">");
    json_t *content = !ok                        ? NULL
                      : json_object_size(object) ? json_incref(object)
                      : text.len                 ? json_stringn(text.data, text.len)
                                                 : json_string("");
    x->oom = x->oom || (ok && !content);
    asli_bytes_done(&text);
    return content;
}

int asli_xml_read(const char *text, size_t len, json_t **ret_root, asl_error *reterr)
{
    text = len ? text : "";
    struct xml x = {text, text + len, false};
    json_t *root = json_object();
    bool ok = root && len && !asli_utf8_check(text, text + len);
    x.oom = !root;
    while (ok && x.p < x.end && (is_other(&x) || strchr(" \t\r\n", *x.p))) {
        if (*x.p == '<')
            ok = skip_other(&x);
        else
            x.p++;
    }
    ok = ok && x.p < x.end && *x.p == '<' && read_element(&x, root, 0);
    if (ok) {
        *ret_root = root;
        return 0;
    }
    json_decref(root);
    return x.oom ? asli_oom(reterr) : asl_error_set(reterr, ASL_EINVAL, "it is no XML");
}
