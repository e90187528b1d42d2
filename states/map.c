/* SPDX-License-Identifier: Apache-2.0
 *
 * Map: its processor once for each item, at most `limit` at a time; the array of the outputs, in
 * the order of the items, is its result (asl-reference 11). Fields, items, and INLINE maps; for
 * the others see map_distributed.c.
 *
 * INLINE: an iteration's frame is made when it starts and collapses to a result when it ends.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/load.h"
#include "engine/state.h"
#include "states/join.h"
#include "states/map.h"

#define INLINE_CONCURRENCY 40 /* AWS's ceiling for INLINE maps */
#define LABEL_CHARS 40

#define AT(member) offsetof(struct asli_map_def, member)
static const struct asli_field fields[] = {
    {"ItemProcessor", ASLI_FIELD_SCOPE, 0, AT(processor), 'A'},
    {"Iterator", ASLI_FIELD_SCOPE, 0, AT(processor), 'A'},
    {"ItemsPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH, AT(items_path)},
    {"ItemSelector", ASLI_FIELD_TEMPLATE, 0, AT(selector), 's'},
    {"Parameters", ASLI_FIELD_TEMPLATE, ASLI_JSONPATH, AT(selector), 's'},
    {"MaxConcurrency", ASLI_FIELD_INT, 0, AT(concurrency), 'c', 0, INT32_MAX},
    {"MaxConcurrencyPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH | ASLI_NO_CONTEXT,
     AT(concurrency.path), 'c'},
    {"Items", ASLI_FIELD_TEMPLATE, ASLI_JSONATA, AT(items)},
    {"ItemReader", ASLI_FIELD_NONE},
    {"ItemBatcher", ASLI_FIELD_NONE},
    {"ResultWriter", ASLI_FIELD_NONE},
    {"ToleratedFailureCount", ASLI_FIELD_INT, 0, AT(tolerated_count), 't'},
    {"ToleratedFailureCountPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH | ASLI_NO_CONTEXT,
     AT(tolerated_count.path), 't'},
    {"ToleratedFailurePercentage", ASLI_FIELD_NUMBER, 0, AT(tolerated_percentage), 'p', 0,
     100},
    {"ToleratedFailurePercentagePath", ASLI_FIELD_REFPATH,
     ASLI_JSONPATH | ASLI_NO_CONTEXT, AT(tolerated_percentage.path), 'p'},
    {"Label", ASLI_FIELD_TEXT, ASLI_CONSTANT, AT(label)},
    {NULL},
};

/* ---- loading ---- */

/* In JSONata the reader, batcher and writer are values with expressions. */
static const struct asli_field values[] = {
    {"ItemReader", ASLI_FIELD_TEMPLATE, 0, AT(reader_value)},
    {"ItemBatcher", ASLI_FIELD_TEMPLATE, 0, AT(batcher_value)},
    {"ResultWriter", ASLI_FIELD_TEMPLATE, 0, AT(writer_value)},
    {NULL},
};

static int load_values(struct asli_loader *loader, struct asli_state *state,
                       struct asli_map_def *def)
{
    struct asli_object object = {.loader = loader,
                                 .state = state,
                                 .where = "",
                                 .value = state->value,
                                 .tables = {{values, def}},
                                 .jsonata = true,
                                 .partial = true};
    return asli_object_load(&object);
}

static int check_label(struct asli_loader *loader, struct asli_state *state,
                       const char *label)
{
    size_t characters = 0;
    for (const char *p = label; *p; p++)
        characters += ((unsigned char)*p & 0xc0) != 0x80;
    if (characters > LABEL_CHARS)
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Label",
                                 ASLI_MSG_LABEL_LONG, label);
    if (!characters || strpbrk(label, " \t\r\n<>{}[]?*\"#%\\^|~`$&,;:/"))
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Label",
                                 ASLI_MSG_LABEL, label);
    return 0;
}

/* What an INLINE Map does not have. */
static int check_inline(struct asli_loader *loader, struct asli_state *state)
{
    static const char *const names[] = {"ItemReader", "ItemBatcher", "ResultWriter",
                                        "Label"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_object_get(state->value, names[i]) &&
            asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "", ASLI_MSG_DISTRIBUTED,
                              names[i]))
            return ASL_ENOMEM;
    return 0;
}

static int load(struct asli_loader *loader, struct asli_state *state)
{
    struct asli_map_def *def = state->def;
    if (!def->processor)
        return 0;
    if (!def->processor->distributed)
        return check_inline(loader, state);
    if (asli_item_reader_load(loader, state, state->jsonata, &def->reader) ||
        asli_item_batcher_load(loader, state, state->jsonata, &def->batcher) ||
        asli_result_writer_load(loader, state, state->jsonata, &def->writer) ||
        (state->jsonata && load_values(loader, state, def)))
        return ASL_ENOMEM;
    return def->label.literal ? check_label(loader, state, def->label.literal) : 0;
}

static void unload(struct asli_state *state)
{
    struct asli_map_def *def = state->def;
    asli_item_reader_done(&def->reader);
    asli_item_batcher_done(&def->batcher);
    asli_result_writer_done(&def->writer);
    asli_fields_free(values, def);
}

/* ---- what it works on ---- */

int asli_map_concurrency(struct asli_frame *frame, int64_t ceiling, int64_t *ret_limit,
                         asl_error *reterr)
{
    const struct asli_map_def *def = frame->d.state->def;
    int64_t limit = 0;
    int rc = asli_frame_int(frame, &def->concurrency, "MaxConcurrency", 0, INT32_MAX,
                            &limit, reterr);
    *ret_limit = limit == 0 || limit > ceiling ? ceiling : limit;
    return rc;
}

/* JSONata: Items, or the state's input. */
static int jsonata_items(struct asli_frame *frame, json_t **ret_items, asl_error *reterr)
{
    const struct asli_map_def *def = frame->d.state->def;
    json_t *input;
    if (def->items && !frame->items) {
        int rc = asli_frame_recomputed(frame, def->items, "array", &frame->items, reterr);
        if (rc)
            return rc;
    }
    if (def->items) {
        *ret_items = json_incref(frame->items);
        return 0;
    }
    int rc = asli_frame_work_tree(frame, &input, reterr);
    if (rc)
        return rc;
    if (json_is_array(input)) {
        *ret_items = json_incref(input);
        return 0;
    }
    ASLI_AUTO(text) char *text = NULL;
    rc = asli_json_text(input, &text, NULL, reterr);
    return rc ? rc
              : asli_frame_evaluation(frame, NULL, reterr,
                                      "Map state input must be an array but was: %s",
                                      text);
}

/* JSONPath: what ItemsPath leads to. */
static int jsonpath_items(struct asli_frame *frame, json_t **ret_items, asl_error *reterr)
{
    const struct asli_map_def *def = frame->d.state->def;
    ASLI_AUTO(json) json_t *value = NULL;
    json_t *work;
    int rc = asli_frame_work_tree(frame, &work, reterr);
    if (!rc && def->items_path)
        rc = asli_frame_path(frame, def->items_path, &value, reterr);
    else if (!rc)
        value = json_incref(work);
    if (rc)
        return rc;
    if (!json_is_array(value))
        return asli_frame_runtime(
            frame, reterr, "Reference path \"%s\" must point to array.",
            def->items_path ? asli_path_text(def->items_path) : "$");
    *ret_items = json_incref(value);
    return 0;
}

int asli_map_items(struct asli_frame *frame, json_t **ret_items, asl_error *reterr)
{
    return frame->d.state->jsonata ? jsonata_items(frame, ret_items, reterr)
                                   : jsonpath_items(frame, ret_items, reterr);
}

static int item(struct asli_frame *frame, uint32_t index, json_t **ret_item,
                asl_error *reterr)
{
    ASLI_AUTO(json) json_t *all = NULL;
    int rc = asli_map_items(frame, &all, reterr);
    if (rc)
        return rc;
    *ret_item = json_array_get(all, index); /* held by the frame */
    return *ret_item ? 0 : asl_error_set(reterr, ASL_EFORMAT, "a Map's item is missing");
}

int asli_map_select(struct asli_frame *frame, const struct asli_map_item *item,
                    json_t **ret_selected, asl_error *reterr)
{
    const struct asli_map_def *def = frame->d.state->def;
    json_t *work;
    if (!def->selector) {
        *ret_selected = json_incref(item->value);
        return 0;
    }
    int rc = asli_frame_work_tree(frame, &work, reterr);
    frame->selecting = item;
    if (!rc)
        rc = asli_frame_template(frame, def->selector, work, ret_selected, reterr);
    frame->selecting = NULL;
    return rc;
}

static int item_input(struct asli_frame *frame, uint32_t index, json_t *value,
                      struct asli_payload **ret_input, asl_error *reterr)
{
    const struct asli_map_item item = {.index = index, .value = value};
    json_t *selected;
    int rc = asli_map_select(frame, &item, &selected, reterr);
    if (rc)
        return rc;
    *ret_input = asli_payload_new(selected);
    return *ret_input ? 0 : asli_oom(reterr);
}

/* ---- iterations ---- */

static int record_iteration(struct asli_frame *frame, enum asli_event_type type,
                            uint32_t index, uint64_t previous, uint64_t *ret_id,
                            asl_error *reterr)
{
    struct asl_event e = {
        .type = type, .state = frame->d.state->name, .number = index, .has_number = true};
    int rc = asli_execution_record(frame->x, &e, previous, reterr);
    if (!rc)
        *ret_id = e.id;
    return rc;
}

static int start_iteration(struct asli_frame *frame, json_t *all, uint64_t previous,
                           asl_error *reterr)
{
    const struct asli_map_def *def = frame->d.state->def;
    uint32_t index = frame->d.next_index;
    json_t *value = json_array_get(all, index);
    struct asli_payload *input = NULL;
    struct asli_frame *child;
    uint64_t head = 0;
    int rc = item_input(frame, index, value, &input, reterr);
    if (!rc)
        rc = record_iteration(frame, ASLI_EVENT_MapIterationStarted, index, previous,
                              &head, reterr);
    if (!rc && asli_frame_spawn(frame, def->processor, index, input, head, value, &child))
        rc = asli_oom(reterr);
    asli_payload_unref(input);
    if (!rc) {
        frame->d.next_index++;
        frame->d.active++;
    }
    return rc;
}

/* An ItemSelector failed: the iterations that run are stopped. */
static enum asli_step selector_failed(struct asli_frame *frame, int rc, asl_error *reterr)
{
    if (rc == ASLI_FAILED && !frame->fatal) {
        int aborted = asli_frame_abort_children(frame, NULL, frame->d.head, reterr);
        frame->d.active = 0;
        if (aborted)
            rc = aborted;
    }
    return asli_step_of(rc);
}

static enum asli_step join(struct asli_frame *frame, asl_error *reterr)
{
    struct asl_event e = {.type = ASLI_EVENT_MapStateSucceeded,
                          .state = frame->d.state->name};
    int rc = asli_join_results(frame, reterr);
    if (!rc)
        rc = asli_frame_record(frame, &e, false, reterr);
    return rc ? asli_step_of(rc) : ASLI_STEP_DONE;
}

static bool is_distributed(const struct asli_frame *frame)
{
    return ((const struct asli_map_def *)frame->d.state->def)->processor->distributed;
}

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *all = NULL;
    int64_t limit = 0;
    json_decref(frame->items);
    frame->items = NULL;
    if (is_distributed(frame))
        return asli_map_distributed_enter(frame, reterr);
    struct asl_event e = {.type = ASLI_EVENT_MapStateStarted,
                          .state = frame->d.state->name,
                          .has_number = true};
    int rc = asli_map_concurrency(frame, INLINE_CONCURRENCY, &limit, reterr);
    frame->d.limit = (uint32_t)limit;
    if (!rc)
        rc = asli_map_items(frame, &all, reterr);
    if (!rc) {
        e.number = (int64_t)json_array_size(all);
        rc = asli_frame_record(frame, &e, true, reterr);
    }
    if (rc)
        return asli_step_of(rc);
    struct asli_results *results = asli_results_new(json_array_size(all));
    if (!results)
        return asli_step_of(asli_oom(reterr));
    asli_results_unref(frame->d.results);
    frame->d.results = results;
    frame->d.next_index = frame->d.done_count = frame->d.active = 0;
    if (!results->count)
        return join(frame, reterr);
    while (!rc && frame->d.active < frame->d.limit &&
           frame->d.next_index < results->count)
        rc = start_iteration(frame, all, frame->d.head, reterr);
    return rc ? selector_failed(frame, rc, reterr) : ASLI_STEP_PARK;
}

static enum asli_step iteration_done(struct asli_frame *frame,
                                     const struct asli_event *event, asl_error *reterr)
{
    uint64_t last = event->child->d.head; /* where the next iteration goes on */
    int rc = record_iteration(frame, ASLI_EVENT_MapIterationSucceeded,
                              event->child->index, last, &frame->d.head, reterr);
    if (!rc)
        rc = asli_join_child(frame, event, reterr);
    if (rc)
        return asli_step_of(rc);
    if (frame->d.next_index < frame->d.results->count) {
        ASLI_AUTO(json) json_t *all = NULL;
        rc = asli_map_items(frame, &all, reterr);
        if (!rc)
            rc = start_iteration(frame, all, last, reterr);
        return rc ? selector_failed(frame, rc, reterr) : ASLI_STEP_PARK;
    }
    return frame->d.done_count < frame->d.results->count ? ASLI_STEP_PARK
                                                         : join(frame, reterr);
}

static enum asli_step resume(struct asli_frame *frame, const struct asli_event *event,
                             asl_error *reterr)
{
    uint64_t id;
    if (is_distributed(frame))
        return asli_map_distributed_resume(frame, event, reterr);
    if (event->kind == ASLI_ON_CHILD_DONE)
        return iteration_done(frame, event, reterr);
    int rc = record_iteration(frame, ASLI_EVENT_MapIterationFailed, event->child->index,
                              event->child->d.head, &id, reterr);
    return rc ? asli_step_of(rc) : asli_join_failed(frame, event->child, reterr);
}

const struct asli_state_ops asli_state_map = {
    .type = "Map",
    .traits = ASLI_HAS_IO | ASLI_HAS_RESULT_PATH | ASLI_HAS_RESULT_SELECTOR |
              ASLI_HAS_RETRY | ASLI_HAS_NEXT | ASLI_HAS_EXITED | ASLI_HAS_ASSIGN,
    .fields = fields,
    .def_size = sizeof(struct asli_map_def),
    .entered = ASLI_EVENT_MapStateEntered,
    .exited = ASLI_EVENT_MapStateExited,
    .aborted = ASLI_EVENT_MapStateAborted,
    .failed = ASLI_EVENT_MapStateFailed,
    .load = load,
    .unload = unload,
    .item = item,
    .enter = enter,
    .inspect = asli_map_inspect,
    .resume = resume,
};
