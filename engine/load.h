/* SPDX-License-Identifier: Apache-2.0
 *
 * The loader's own half of machine.h: objects of a definition (machine, scope, state, retrier,
 * catcher) are all read by tables of asli_field.
 *
 * Functions return 0 also when they reported problems, and ASL_ENOMEM. What was stored so far is
 * always in a state that asli_fields_free and asli_state_free can take.
 */
#ifndef ASLI_LOAD_H
#define ASLI_LOAD_H

#include "engine/fields.h"
#include "engine/machine.h"
#include "engine/tbl/messages.h"

#define ASLI_SCOPE_DEPTH 100
#define ASLI_STATE_NAME_MAX 80
#define ASLI_EVERY_STATE (1u << 31) /* a trait that all types have */

/* One name of one Assign. */
struct asli_assignment {
    struct asli_map_node by_place; /* scope and number */
    struct asli_state *state;
    uint32_t number; /* of the variable */
    char *where;     /* of the Assign, below the state; owned */
};

/* The loader during one asl_machine_load. */
struct asli_load {
    struct asli_loader loader; /* first: what state types see */
    bool jsonata;              /* the machine's query language */
    size_t schema_errors;      /* all but missing targets */
    const char
        *incomplete; /* a value with a ${Name} that only its value could make right */
    bool shapeless;  /* one of these is a type or a transition: no graph to check */
    bool aws;        /* our extensions are errors */
    struct asli_assignment *assignments;
    size_t assignment_count;
    struct asli_map assigned; /* the assignments by their place */
    const asl_engine *engine; /* NULL, or whose providers must claim every Task */
};

struct asli_object {
    struct asli_loader *loader;
    struct asli_state *state; /* NULL: it is the machine itself */
    const char *where;        /* below the state: "", "/Retry/0", "/ItemProcessor" */
    json_t *value;            /* an object */
    struct {
        const struct asli_field *fields;
        void *base; /* what the rows' offsets count from */
    } tables[2];
    unsigned traits; /* of the state type, for the common rows */
    bool jsonata;
    bool partial; /* fields of no row are somebody else's */
    bool bad;     /* a row without traits was missing or not valid: no ops->load */
};

/* The tables of objects that are no states, for the manual; a row without name ends. */
struct asli_field_table {
    const char *name;
    const struct asli_field *fields;
};
extern const struct asli_field_table asli_scope_tables[], asli_policy_tables[];
extern const struct asli_field_table asli_common_table; /* by traits */

/* Checks and stores every field. */
int asli_object_load(struct asli_object *object);
/* A problem of the object's `field` (NULL: of the object). */
int asli_object_problem(struct asli_object *object, const char *code, const char *field,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Frees what rows of `fields` stored below `base`. */
void asli_fields_free(const struct asli_field *fields, void *base);
/* Is `value` a string a C text can hold? Else a problem of `field`; NULL. */
const char *asli_object_text(struct asli_object *object, json_t *value, const char *field,
                             int *code);

/* asli_load_vproblem with any severity, and line and column at `spot` below `where`. */
int asli_load_report(struct asli_loader *loader, enum asl_severity severity,
                     const struct asli_state *state, const char *code, const char *where,
                     const char *spot, const char *format, va_list args);
/* The state of that name in the scope, or NULL. */
struct asli_state *asli_scope_find(const struct asli_scope *scope, const char *name);
/* Room for one more item: capacity doubles whenever count is a power of two. NULL: oom, and the
 * old array still stands. */
void *asli_grow(void *array, size_t count, size_t item_size);

/* The machine's own scope, or a nested one (asli_load_scope, or with ProcessorConfig). */
int asli_load_root(struct asli_load *load);
int asli_load_processor(struct asli_loader *loader, struct asli_state *owner,
                        json_t *value, const char *where, struct asli_scope **slot);
/* state.c: reads QueryLanguage at `object`; then a state whose name, value and scope are set. */
int asli_load_language(struct asli_object *object, bool *ret_jsonata);
int asli_load_state(struct asli_load *load, struct asli_state *state);
void asli_state_free(struct asli_state *state);
/* policy.c: Retry and Catch. */
int asli_load_policies(struct asli_object *object);
void asli_policies_free(struct asli_state *state);
/* variable_names.c: the names of an Assign are checked and noted; *ret_ok: its values may be
 * compiled. Then, of all scopes: no inner one assigns what an outer one does. */
int asli_load_assigned(struct asli_object *object, json_t *value, bool *ret_ok);
int asli_load_variables(struct asli_load *load);
/* After that: does a state assign it that those of `scope` may read? */
bool asli_load_is_assigned(const struct asli_load *load, const struct asli_scope *scope,
                           uint32_t number);
void asli_load_variables_done(struct asli_load *load);
/* A query of the state reads that variable. */
int asli_load_reads(struct asli_state *state, const char *name, size_t len);
void asli_variable_names_done(asl_machine *machine);
/* graph.c: ends and reachability of all scopes. */
int asli_load_graph(struct asli_load *load);
/* unresolved.c: the first ${Name} in a text, or NULL; its length, braces included. */
const char *asli_unresolved(const char *text, size_t *ret_len);
/* Is what stands at `place` below the state (NULL: the machine) refused only because of a ${Name}?
 * Notes it then. */
bool asli_load_excused(struct asli_loader *loader, const struct asli_state *state,
                       const char *place, const char *code);
/* Warns of every ${Name} in the definition. */
int asli_load_substitutions(struct asli_load *load);
/* advice.c: what AWS does not say and people need to know. */
int asli_load_advice(struct asli_load *load);
/* Warns of texts that look like paths and are none. */
int asli_load_static_paths(struct asli_load *load);

#endif
