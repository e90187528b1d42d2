/* SPDX-License-Identifier: Apache-2.0
 *
 * A loaded definition: immutable, counted, every path, template and rule compiled once.
 *
 * States and scopes carry an index that depends on the definition's text alone, so that records
 * may name them by number: the definition is stored with the executions that run it.
 */
#ifndef ASLI_MACHINE_H
#define ASLI_MACHINE_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <asl.h>

#include "engine/base/map.h"
#include "engine/diag.h"
#include "engine/query/choice.h"
#include "engine/query/intrinsic.h"
#include "engine/query/path.h"
#include "engine/query/template.h"
#include "engine/resource.h"

struct asli_state;
struct asli_state_ops;

/* A field that may hold a Path, be null, or be absent (path NULL, null false). */
struct asli_path_field {
    struct asli_path *path;
    bool null;
};
/* An integer that stands there, or that a path (X and XPath) or an expression gives. */
struct asli_int_field {
    bool set;
    int64_t value;
    struct asli_path *path;
    struct asli_template *computed;
};
/* The same of any number. */
struct asli_number_field {
    bool set;
    double value;
    struct asli_path *path;
    struct asli_template *computed;
};
/* A text that stands there, that an expression gives (X), or a path or a call (XPath): one of these
 * is set, or none. */
struct asli_text_field {
    const char *literal;
    struct asli_template *computed;
    struct asli_path *path;
    struct asli_intrinsic *call;
};

/* What a state, a rule of a Choice or a catcher leaves behind when it is left by it. */
struct asli_way_out {
    struct asli_template *assign, *output; /* output: JSONata only; NULL: none */
};

struct asli_error_set { /* ErrorEquals; texts borrowed from the tree */
    const char **names;
    size_t count;
};
struct asli_retrier {
    struct asli_error_set errors;
    int64_t interval_seconds, max_attempts; /* 1, 3 */
    int64_t max_delay_seconds;              /* 0: none */
    double backoff_rate;                    /* 2.0 */
    bool full_jitter;
};
struct asli_catcher {
    struct asli_error_set errors;
    struct asli_path_field result_path;
    struct asli_way_out out;
    struct asli_state *next;
};

/* One States object: the whole machine, a branch, an item processor. */
struct asli_scope {
    uint32_t index; /* in machine->scopes; 0: the machine's own */
    struct asli_state **states;
    size_t count;
    struct asli_state *start;
    struct asli_state *owner; /* the Parallel or Map; NULL for the machine's own */
    char *where;              /* below its owner: "/ItemProcessor", "/Branches/1"; "" */
    bool
        distributed; /* each item an execution of its own, which sees no variables of here */
    bool express;    /* it is run by Express executions, and what is in it */
};

struct asli_state {
    const char *name; /* borrowed from the tree */
    const struct asli_state_ops *ops;
    asl_machine *machine;
    struct asli_scope *scope;
    uint32_t index;          /* in machine->states */
    json_t *value;           /* the state's object; borrowed */
    bool jsonata;            /* its query language */
    struct asli_state *next; /* NULL: End, or a type without Next */
    struct asli_path_field input_path, output_path, result_path;
    struct asli_template *parameters, *result_selector;
    struct asli_way_out out;
    char **reads; /* workflow variables that its queries read: sorted, each once */
    size_t read_count;
    struct asli_retrier *retriers;
    size_t retrier_count;
    struct asli_catcher *catchers;
    size_t catcher_count;
    void *def; /* ops->def_size bytes, filled from ops->fields and ops->load */
    struct asli_map_node by_name; /* in machine->names */
};

struct asli_variable_name {
    struct asli_map_node by_name; /* in machine->variable_names */
    uint32_t number;
    char *name;
};

struct asl_machine {
    atomic_uint refs;
    char *name, *definition; /* definition: the text, verbatim */
    size_t definition_len;
    char *role, *revision; /* NULL: not given */
    int64_t updated;
    unsigned char hash[16]; /* of all but the last: its key in a store */
    bool express;
    json_t *tree;
    struct asli_scope **scopes;
    size_t scope_count;
    struct asli_state **states;
    size_t state_count;
    struct asli_map names;                 /* states by the hash of their name */
    struct asli_variable_name **variables; /* all that some Assign names */
    size_t variable_count;
    struct asli_map variable_names; /* by the hash of their name */
    struct asli_int_field timeout_seconds;
};

/* The number of a workflow variable; false: nothing assigns one of that name. */
bool asli_machine_variable(const asl_machine *machine, const char *name, size_t len,
                           uint32_t *ret_number);

/* Loading, as seen by a state type (ops->load). */
struct asli_loader {
    asl_machine *machine;
    asl_diagnostics *diags;
    unsigned depth; /* of nested scopes */
};

/* An error at `where` below the state ("/Choices/0/Next"; "" the state itself). The location comes
 * out absolute and as AWS writes it: "/States/Map/ItemProcessor/States/C/Choices[0]/Next". 0 or
 * ASL_ENOMEM. */
int asli_load_problem(struct asli_loader *loader, const struct asli_state *state,
                      const char *code, const char *where, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same, for an asli_problem_fn that hands a problem on. */
int asli_load_vproblem(struct asli_loader *loader, const struct asli_state *state,
                       const char *code, const char *where, const char *format,
                       va_list args);
/* The state of that name in the same scope; a MISSING_TRANSITION_TARGET problem and NULL slot
 * when there is none. */
int asli_load_target(struct asli_loader *loader, struct asli_state *state, json_t *name,
                     const char *where, struct asli_state **slot);
/* Loads a branch or item processor; NULL slot when it is not an object (a problem). */
int asli_load_scope(struct asli_loader *loader, struct asli_state *owner, json_t *value,
                    const char *where, struct asli_scope **slot);

#endif
