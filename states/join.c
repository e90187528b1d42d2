/* SPDX-License-Identifier: Apache-2.0
 *
 * What Parallel and Map share: joining the results of their children, and failing with one.
 */
#include "states/join.h"

int asli_join_results(struct asli_frame *frame, asl_error *reterr)
{
    struct asli_results *r = frame->d.results;
    json_t *array = json_array();
    int rc = array ? asli_results_read(frame, reterr) : asli_oom(reterr);
    for (size_t i = 0; i < r->count && !rc; i++) {
        json_t *tree;
        rc = asli_payload_tree(r->slots[i].payload, frame->x, &tree, reterr);
        if (!rc && json_array_append(array, tree))
            rc = asli_oom(reterr);
    }
    if (rc) {
        json_decref(array);
        return rc;
    }
    frame->result = asli_payload_new(array);
    return frame->result ? 0 : asli_oom(reterr);
}

int asli_join_child(struct asli_frame *frame, const struct asli_event *event,
                    asl_error *reterr)
{
    if (asli_frame_set_result(frame, event->child->index, event->payload))
        return asli_oom(reterr);
    frame->d.done_count++;
    frame->d.active--;
    return asli_frame_remove(event->child) ? asli_oom(reterr) : 0;
}

enum asli_step asli_join_failed(struct asli_frame *frame, struct asli_frame *child,
                                asl_error *reterr)
{
    uint64_t cause = child->d.head;
    frame->heartbeat = child->heartbeat;
    int rc = asli_frame_fail(frame, child->failure.error, child->failure.cause, reterr);
    if (rc != ASLI_FAILED)
        return asli_step_of(rc);
    rc = asli_frame_abort_children(frame, child, cause, reterr);
    frame->d.head = cause;
    frame->d.active = 0;
    return asli_step_of(rc ? rc : ASLI_FAILED);
}
