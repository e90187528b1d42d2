/* SPDX-License-Identifier: Apache-2.0
 *
 * UpdateMapRun: another concurrency or tolerance for a Map run that is under way. The run's record
 * changes, and its state looks at it again at once.
 */
#include <asl/control.h>

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/frame.h"
#include "engine/step.h"

static int read_changes(const asl_map_run_changes *given, struct asli_run_changes *ret,
                        asl_error *reterr)
{
    asl_map_run_changes c = {0};
    memcpy(&c, given, given->size < sizeof c ? given->size : sizeof c);
    if ((c.max_concurrency && *c.max_concurrency < 0) ||
        (c.tolerated_count && *c.tolerated_count < 0) ||
        (c.tolerated_percentage &&
         !(*c.tolerated_percentage >= 0 && *c.tolerated_percentage <= 100)))
        return asl_error_set(reterr, ASL_EINVAL,
                             "a concurrency and a count are not negative, a percentage "
                             "is between 0 and 100");
    *ret = (struct asli_run_changes){
        c.max_concurrency ? *c.max_concurrency : -1,
        c.tolerated_count ? *c.tolerated_count : -1,
        c.tolerated_percentage ? *c.tolerated_percentage : -1,
    };
    if (ret->concurrency == 0 || ret->concurrency > ASLI_RUN_CONCURRENCY)
        ret->concurrency = ASLI_RUN_CONCURRENCY;
    return 0;
}

int asl_map_run_update(asl_engine *engine, const char *map_run_arn,
                       const asl_map_run_changes *changes, asl_done_fn *done, void *arg,
                       asl_error *reterr)
{
    struct asli_run_changes read;
    int rc = read_changes(changes, &read, reterr);
    if (rc)
        return rc;
    struct asli_message *m = asli_alloc(sizeof *m);
    if (!m)
        return asli_oom(reterr);
    m->kind = ASLI_MSG_UPDATE_RUN;
    m->done = done;
    m->arg = arg;
    m->name = asli_strdup(map_run_arn);
    m->changes = asli_alloc(sizeof *m->changes);
    if (!m->name || !m->changes) {
        asli_message_free(m);
        return asli_oom(reterr);
    }
    *m->changes = read;
    return asli_message_post(engine, m, reterr);
}

static int update(struct asli_frame *f, const struct asli_run_changes *changes)
{
    struct asli_map_run *run = asli_map_run_copy(f->d.run, NULL, 0);
    if (!run || asli_frame_touch(f)) {
        asli_map_run_unref(run);
        return ASL_ENOMEM;
    }
    if (changes->concurrency >= 0)
        run->concurrency = (uint64_t)changes->concurrency;
    if (changes->count >= 0)
        run->tolerated_count = changes->count;
    if (changes->percentage >= 0)
        run->tolerated_percentage = changes->percentage;
    if (!f->d.joining)
        asli_frame_wake_at(f, asli_frame_now(f));
    return asli_frame_set_run(f, run);
}

int asli_step_update_run(struct asli_frame *frame, const struct asli_run_changes *changes,
                         asl_error *reterr)
{
    struct asli_execution *x = frame->x;
    asli_step_begin(x);
    return asli_step_finish(x, update(frame, changes) ? asli_oom(reterr) : 0, reterr);
}
