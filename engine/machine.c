/* SPDX-License-Identifier: Apache-2.0
 *
 * From a definition's text to an immutable machine, or to all that is wrong with it.
 *
 * A machine under construction is torn down by the same machine_free as a finished one, so a
 * failure at any point leaks nothing.
 */
#include "engine/machine.h"

#include <asl/provider.h>

#include <string.h>
#include <openssl/evp.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "engine/load.h"

#define DEFINITION_MAX 1048576

static void machine_free(asl_machine *machine)
{
    for (size_t i = 0; i < machine->state_count; i++)
        asli_state_free(machine->states[i]);
    for (size_t i = 0; i < machine->scope_count; i++) {
        asli_free(machine->scopes[i]->states);
        asli_free(machine->scopes[i]->where);
        asli_free(machine->scopes[i]);
    }
    asli_free(machine->states);
    asli_free(machine->scopes);
    asli_map_done(&machine->names);
    asli_variable_names_done(machine);
    json_decref(machine->tree);
    asli_free(machine->name);
    asli_free(machine->definition);
    asli_free(machine->role);
    asli_free(machine->revision);
    asli_free(machine);
}

asl_machine *asl_machine_ref(asl_machine *machine)
{
    atomic_fetch_add_explicit(&machine->refs, 1, memory_order_relaxed);
    return machine;
}

void asl_machine_unref(asl_machine *machine)
{
    if (machine &&
        atomic_fetch_sub_explicit(&machine->refs, 1, memory_order_acq_rel) == 1)
        machine_free(machine);
}

const char *asl_machine_name(const asl_machine *machine)
{
    return machine->name;
}

int asl_machine_is_express(const asl_machine *machine)
{
    return machine->express;
}

const char *asl_machine_role(const asl_machine *machine)
{
    return machine->role;
}

const char *asl_machine_revision(const asl_machine *machine)
{
    return machine->revision;
}

/* No definition holds a NUL, so what is behind one is no part of it. */
static bool add_given(EVP_MD_CTX *ctx, char what, const char *text)
{
    const char mark[2] = {'\0', what};
    return !text || (EVP_DigestUpdate(ctx, mark, sizeof mark) &&
                     EVP_DigestUpdate(ctx, text, strlen(text)));
}

/* Type, name, NUL, definition: AWS's idea of "the same state machine"; then what was given of role
 * and revision. */
static int set_hash(asl_machine *machine)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char type = machine->express ? 'E' : 'S';
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) &&
              EVP_DigestUpdate(ctx, &type, 1) &&
              EVP_DigestUpdate(ctx, machine->name, strlen(machine->name) + 1) &&
              EVP_DigestUpdate(ctx, machine->definition, machine->definition_len) &&
              add_given(ctx, 'R', machine->role) &&
              add_given(ctx, 'V', machine->revision) &&
              EVP_DigestFinal_ex(ctx, digest, NULL);
    EVP_MD_CTX_free(ctx);
    if (!ok)
        return ASL_ENOMEM;
    memcpy(machine->hash, digest, sizeof(machine->hash));
    return 0;
}

static bool copy_text(char **to, const char *from)
{
    *to = asli_strdup(from);
    return *to || !from;
}

static asl_machine *machine_new(const char *definition, size_t len,
                                const asl_machine_options *options)
{
    asl_machine *machine = asli_alloc(sizeof(*machine));
    if (!machine)
        return NULL;
    atomic_init(&machine->refs, 1);
    machine->express = options->express;
    machine->updated = options->updated;
    machine->definition = asli_strndup(definition, len);
    machine->definition_len = len;
    if (machine->definition && copy_text(&machine->name, options->name) &&
        copy_text(&machine->role, options->role_arn) &&
        copy_text(&machine->revision, options->revision_id) && set_hash(machine) == 0)
        return machine;
    machine_free(machine);
    return NULL;
}

/* Sets machine->tree, or reports why there is none. */
static int read_tree(asl_machine *machine, size_t max, asl_diagnostics *diags)
{
    asl_error error = {0};
    size_t len = machine->definition_len;
    if (len == 0)
        return asli_diag(diags, ASL_ERROR, ASLI_CODE_EMPTY, "", ASLI_MSG_NO_TEXT);
    if (len > max)
        return asli_diag(diags, ASL_ERROR, ASLI_CODE_SCHEMA, "", ASLI_MSG_SIZE, len, max);
    int code = asli_json_read(machine->definition, len, &machine->tree, &error);
    if (code == ASL_ENOMEM)
        return code;
    if (code) {
        if (asli_diag(diags, ASL_ERROR, ASLI_CODE_JSON, "", "%s", error.text))
            return ASL_ENOMEM;
        diags->items[diags->count - 1].line = error.line;
        diags->items[diags->count - 1].column = error.column;
        return 0;
    }
    if (json_is_object(machine->tree))
        return 0;
    return asli_diag(diags, ASL_ERROR, ASLI_CODE_JSON, "", ASLI_MSG_OBJECT);
}

/* The first error, as an asl_error. */
static int refuse(const asl_diagnostics *diags, asl_error *reterr)
{
    const asl_diagnostic *first = diags->items;
    while (first->severity != ASL_ERROR)
        first++;
    asl_error_set(reterr, ASL_EDEFINITION, "%s", first->message);
    if (reterr) {
        reterr->line = first->line;
        reterr->column = first->column;
        strncpy(reterr->pointer, first->location, sizeof(reterr->pointer) - 1);
        reterr->pointer[sizeof(reterr->pointer) - 1] = '\0';
    }
    return ASL_EDEFINITION;
}

/* Compiles the tree, and finds all that is wrong or doubtful. */
static int check(struct asli_load *load)
{
    int code = asli_load_root(load);
    if (!code)
        code = asli_load_graph(load);
    if (!code)
        code = asli_load_variables(load);
    if (!code)
        code = asli_load_advice(load);
    if (!code)
        code = asli_load_static_paths(load);
    return code ? code : asli_load_substitutions(load);
}

/* ASL_EDEFINITION: there are errors, or nothing but a ${Name} where there must be a value. */
static int load(struct asli_load *load, const asl_machine_options *options,
                asl_error *reterr)
{
    asl_machine *machine = load->loader.machine;
    asl_diagnostics *diags = load->loader.diags;
    int code = read_tree(machine, options->max_definition, diags);
    if (!code && !diags->errors)
        code = check(load);
    if (code)
        return asli_oom(reterr);
    asli_diags_locate(diags, machine->definition, machine->definition_len);
    for (size_t i = 0; options->origin && i < diags->count; i++) {
        if (diags->items[i].line)
            options->origin(options->origin_arg, &diags->items[i].line,
                            &diags->items[i].column);
    }
    if (diags->errors)
        return refuse(diags, reterr);
    return load->incomplete ? asl_error_set(reterr, ASL_EDEFINITION, ASLI_MSG_INCOMPLETE,
                                            load->incomplete)
                            : 0;
}

static int check_options(const asl_machine_options *given,
                         asl_machine_options *ret_options, asl_error *reterr)
{
    *ret_options = (asl_machine_options){0};
    if (given)
        memcpy(ret_options, given,
               given->size < sizeof(*given) ? given->size : sizeof(*given));
    if (!ret_options->name)
        ret_options->name = "machine";
    if (!ret_options->max_definition)
        ret_options->max_definition = DEFINITION_MAX;
    if (asli_name_valid(ret_options->name))
        return 0;
    return asli_refuse(reterr, ASL_EINVAL, "InvalidName", "Invalid Name: '%s'",
                       ret_options->name);
}

int asl_machine_load(const char *definition, size_t len,
                     const asl_machine_options *options, asl_machine **ret_machine,
                     asl_diagnostics **ret_diagnostics, asl_error *reterr)
{
    asl_machine_options opt;
    if (check_options(options, &opt, reterr))
        return ASL_EINVAL;
    if (len == (size_t)-1)
        len = strlen(definition);
    asl_diagnostics *diags = asli_diags_new();
    asl_machine *machine = diags ? machine_new(definition, len, &opt) : NULL;
    struct asli_load work = {.loader = {.machine = machine, .diags = diags},
                             .aws = opt.aws,
                             .engine = opt.engine};
    int code = machine ? load(&work, &opt, reterr) : asli_oom(reterr);
    asli_load_variables_done(&work);
    if (code != ASL_ENOMEM && ret_diagnostics) {
        *ret_diagnostics = diags->count ? diags : NULL;
        if (diags->count)
            diags = NULL;
    }
    if (code == 0)
        *ret_machine = machine;
    else
        asl_machine_unref(machine);
    asl_diagnostics_free(diags);
    return code;
}

int asl_machine_revise(const asl_machine *machine, const char *revision_id,
                       asl_machine **ret_machine, asl_error *reterr)
{
    const asl_machine_options options = {.size = sizeof options,
                                         .name = machine->name,
                                         .express = machine->express,
                                         .max_definition = machine->definition_len + 1,
                                         .role_arn = machine->role,
                                         .revision_id = revision_id,
                                         .updated = machine->updated};
    return asl_machine_load(machine->definition, machine->definition_len, &options,
                            ret_machine, NULL, reterr);
}
