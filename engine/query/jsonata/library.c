/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding functions by name: the host's, then the language's.
 */
#include "engine/query/jsonata/library.h"

#include "engine/query/jsonata/signature.h"

static const struct asli_jn_native natives[] = {
#define JN_FUNCTION(name, signature, arity, fn)                                          \
    {name, signature, arity, asli_jn_fn_##fn, NULL},
#include "engine/query/jsonata/tbl/functions.h"
#undef JN_FUNCTION
};

/* Step Functions has these as well; without a function: it does not have that one. */
static const struct asli_jn_native aws[] = {
    {"eval", NULL, 0, NULL, NULL},
#define JN_FUNCTION(name, signature, arity, fn)                                          \
    {name, signature, arity, asli_jn_fn_##fn, NULL},
#include "engine/query/jsonata/tbl/functions_aws.h"
#undef JN_FUNCTION
};

static const struct asli_jn_native *search(const struct asli_jn_native *rows,
                                           size_t count, const struct asli_jn_name *name)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].name[0] == name->text[0] && strlen(rows[i].name) == name->len &&
            memcmp(rows[i].name, name->text, name->len) == 0)
            return &rows[i];
    return NULL;
}

static const struct asli_jn_native *find(const struct asli_jn_library *l,
                                         const struct asli_jn_name *name)
{
    const struct asli_jn_native *found = NULL;
    if (name->len == 0)
        return NULL;
    if (l)
        found = search(l->extra, l->extra_count, name);
    if (!found && l && l->aws)
        found = search(aws, sizeof aws / sizeof *aws, name);
    if (!found)
        found = search(natives, sizeof natives / sizeof *natives, name);
    return found && found->fn ? found : NULL;
}

int asli_jn_find_builtin(struct asli_jn_tree *tree, const struct asli_jn_name *name,
                         const struct asli_jn_builtin **ret_builtin)
{
    struct asli_jn_trouble ignored = {0};
    size_t offset;
    const struct asli_jn_native *native = find(tree->library, name);
    *ret_builtin = NULL;
    if (!native)
        return 0;
    struct {
        struct asli_jn_builtin builtin;
        struct asli_jn_function function;
    } *made = asli_jn_alloc(&tree->arena, sizeof *made);
    if (!made)
        return -1;
    made->function =
        (struct asli_jn_function){.kind = JN_NATIVE, .builtin = &made->builtin};
    made->builtin =
        (struct asli_jn_builtin){.native = native, .function = &made->function};
    if (native->signature &&
        asli_jn_signature(&tree->arena, native->signature, strlen(native->signature),
                          &made->builtin.signature, &ignored, &offset) != 0)
        return -1;
    *ret_builtin = &made->builtin;
    return 0;
}
