/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: what asl/control.h keeps in memory, and how an action changes it.
 *
 * An item is a state machine, a version, an alias or an activity. It is a JSON object, which is also
 * the value of its row; its members are named as AWS names them in responses. A value is never changed:
 * an action makes new ones, writes them (asli_write, the last thing that can fail), and puts
 * them in place of the old. Memory may then be ahead of the disk, so every answer waits until what it
 * was made from is durable.
 */
#ifndef ASLI_CONTROL_REGISTRY_H
#define ASLI_CONTROL_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include <asl/control.h>
#include <asl/host.h>

#include "engine/base/arn.h"
#include "engine/base/error.h"

#define ASLI_MACHINES_MAX 100000
#define ASLI_VERSIONS_MAX 1000
#define ASLI_ALIASES_MAX 100
#define ASLI_ACTIVITIES_MAX 10000
#define ASLI_TAGS_MAX 50

enum asli_item_kind {
    ASLI_MACHINE = 'm',
    ASLI_VERSION = 'v',
    ASLI_ALIAS = 'a',
    ASLI_ACTIVITY = 'y',
};

/* Items in their order: by number, then by name. Versions have a number, all others 0. */
struct asli_item;
struct asli_shelf {
    struct asli_item **items;
    size_t count, cap;
};

struct asli_item {
    enum asli_item_kind kind;
    uint64_t id;             /* of its row */
    struct asli_item *owner; /* of a version and an alias: the state machine */
    unsigned number;         /* of a version */
    char *name, *arn;
    json_t *value;
    asl_machine *machine; /* of machine and version: compiled, once it is wanted */
    bool deleting;        /* of a machine: that is being worked on */
    struct asli_shelf versions, aliases; /* of a machine */
};

struct asl_control {
    asl_engine *engine;
    struct asli_shelf machines, activities;
    uint64_t last_id;
};

/* ---- an action (control/control.c) ---- */

/* One call until its reply. */
struct asli_request {
    struct asl_control *control;
    const char *action;
    const json_t *params;
    json_t *response; /* made before asli_write; NULL: {} */
    asl_row *rows;    /* keys and values are allocated */
    size_t count;
    bool waits; /* for what it queued: it replies then */
    asl_error error;
    asl_reply_fn *reply;
    void *arg;
};
/* Does the action: 0, or what the reply tells. */
typedef int asli_do_fn(struct asli_request *r, asl_error *reterr);
#define ASLI_DO_ROW(action) asli_do_fn asli_do_##action;
ASL_CONTROL_ACTIONS(ASLI_DO_ROW)
#undef ASLI_DO_ROW

/* A member of the request; NULL: not there. */
const char *asli_param(const struct asli_request *r, const char *name);
/* A member that no call of the action is without: ASL_EINVAL. */
int asli_needs(const struct asli_request *r, const char *name, asl_error *reterr);
/* Adds the row of an item with this value, or of one that goes (`value` NULL). */
int asli_put_row(struct asli_request *r, const struct asli_item *item,
                 const json_t *value, asl_error *reterr);
/* Queues the rows. After this the action cannot fail. */
int asli_write(struct asli_request *r, asl_error *reterr);
/* Replies when what the reply was made from is durable: with the response or, when `rc` or r->error
 * says so, with the error. Consumes the request. */
void asli_finish(struct asli_request *r, int rc);
void asli_forget_rows(struct asli_request *r);

/* ---- items (control/item.c) ---- */

/* A new item; `owner` may be NULL. NULL: out of memory. */
struct asli_item *asli_item_new(const struct asl_control *control,
                                enum asli_item_kind kind, uint64_t id,
                                struct asli_item *owner, json_t *take_value);
void asli_item_free(struct asli_item *item);
/* The item has this value from now on. */
void asli_item_set(struct asli_item *item, json_t *take_value);
const char *asli_item_text(const struct asli_item *item, const char *member);

#define ASLI_KEY_PREFIX "control/"
#define ASLI_KEY_MAX 24
size_t asli_item_key(const struct asli_item *item, char ret_key[ASLI_KEY_MAX]);

struct asli_item *asli_shelf_find(const struct asli_shelf *shelf, unsigned number,
                                  const char *name, size_t len);
/* Room for one more, so that adding it cannot fail. */
int asli_shelf_reserve(struct asli_shelf *shelf, asl_error *reterr);
void asli_shelf_add(struct asli_shelf *shelf, struct asli_item *item);
void asli_shelf_remove(struct asli_shelf *shelf, const struct asli_item *item);
void asli_shelf_sort(struct asli_shelf *shelf); /* after adding to the end of `items` */
void asli_shelf_done(struct asli_shelf *shelf); /* frees the items too */

/* The page of a shelf that the request asks for, {`list`: [...], "nextToken"?} of objects with the
 * members `names` (NULL: the end), `only` those (NULL: all); `downwards`: the last one first. */
int asli_list(struct asli_request *r, const struct asli_shelf *shelf, const char *list,
              const char *const *names, bool downwards,
              bool (*only)(const struct asli_item *item, const void *arg),
              const void *arg, asl_error *reterr);

/* ---- what is asked for (control/find.c) ---- */

/* The state machine of an ARN that is not qualified: StateMachineDoesNotExist, StateMachineDeleting,
 * ValidationException. */
int asli_find_machine(const struct asl_control *control, const char *arn,
                      struct asli_item **ret_machine, asl_error *reterr);
/* The same; NULL: there is none, and it may be DELETING. */
int asli_find_unqualified(const struct asl_control *control, const char *arn,
                          struct asli_item **ret_machine, asl_error *reterr);
/* The state machine, version or alias of an ARN. */
int asli_find_target(const struct asl_control *control, const char *arn,
                     struct asli_item **ret_item, asl_error *reterr);
/* The version or alias `arn` names, of the type wanted; NULL: none. */
int asli_find_qualified(const struct asl_control *control, const char *arn,
                        enum asli_item_kind kind, struct asli_item **ret_item,
                        asl_error *reterr);
bool asli_is_deleting(const struct asli_item *machine);
int asli_refuse_deleting(const struct asli_item *machine, asl_error *reterr);
/* Loads the definition of a value. `ret_diagnostics` as asl_machine_load has it; may be NULL. */
int asli_compile(const char *name, const json_t *value, asl_machine **ret_machine,
                 asl_diagnostics **ret_diagnostics, asl_error *reterr);
/* The compiled machine of a state machine or version. Borrowed. */
int asli_compiled(const struct asl_control *control, struct asli_item *item,
                  asl_machine **ret_machine, asl_error *reterr);

/* ---- values (control/value.c) ---- */

/* Epoch seconds, as AWS writes times. */
json_t *asli_now(const struct asl_control *control);
/* A new object with those members of `from` that are there. NULL: out of memory. */
json_t *asli_pick(const json_t *from, const char *const *names);
/* Sets a member unless `value` is NULL: nothing to set. -1: out of memory. */
int asli_keep(json_t *object, const char *name, const json_t *value);
/* A random UUID. */
int asli_uuid(const struct asl_control *control, char ret_text[37], asl_error *reterr);

/* The three configurations with their defaults, as AWS shows them. */
int asli_logging(const json_t *given, json_t **ret_value, asl_error *reterr);
int asli_tracing(const json_t *given, json_t **ret_value, asl_error *reterr);
int asli_encryption(const json_t *given, json_t **ret_value, asl_error *reterr);

/* [{"key", "value"}]: `old` (may be NULL) with the tags of `more`. TooManyTags. */
int asli_tags(const json_t *old, const json_t *more, const char *arn, json_t **ret_tags,
              asl_error *reterr);

/* ---- versions (control/versions.c) ---- */

/* The version of what `value`, a new one of the machine's, says: one that is there already, or a new
 * one (*ret_new), which is counted in `value`, has its row in the request, and room among the
 * machine's versions. */
int asli_publish(struct asli_request *r, struct asli_item *machine, json_t *value,
                 const char *description, struct asli_item **ret_version, bool *ret_new,
                 asl_error *reterr);

/* ---- aliases (control/aliases.c) ---- */

bool asli_routes_to(const struct asli_item *alias, const char *version_arn);

/* ---- deleting (control/deletion.c) ---- */

/* The item's row goes, and so does the item, from its shelf. */
int asli_remove(struct asli_request *r, struct asli_shelf *shelf, struct asli_item *item,
                asl_error *reterr);
/* The reply waits until the machine is gone or, when executions of it run, until that is certain. */
int asli_delete(struct asli_request *r, struct asli_item *machine, asl_error *reterr);
/* Goes on with one that was found DELETING, unless that is under way. */
int asli_deletion_resume(struct asl_control *control, struct asli_item *machine,
                         asl_error *reterr);

#endif
