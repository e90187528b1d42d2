/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of task providers: who claims a resource, and which resources of a machine nobody
 * claims.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/state.h"

int asl_engine_add_provider(asl_engine *engine, const asl_provider_ops *ops,
                            void *take_self, asl_error *reterr)
{
    asl_provider_ops copy = {0};
    memcpy(&copy, ops, ops->size < sizeof copy ? ops->size : sizeof copy);
    struct asli_provider *p = NULL;
    int rc = 0;
    if (!copy.name || !copy.claims || !copy.start)
        rc = asl_error_set(reterr, ASL_EINVAL,
                           "a provider needs a name, claims and start; '%s' lacks one",
                           copy.name ? copy.name : "?");
    else if (!(p = asli_alloc(sizeof *p)))
        rc = asli_oom(reterr);
    if (rc) {
        if (copy.close)
            copy.close(take_self);
        return rc;
    }
    p->ops = copy;
    p->original = ops;
    p->self = take_self;
    p->next = engine->providers;
    engine->providers = p;
    engine->claims_changed = true;
    return 0;
}

void asl_engine_claims_changed(asl_engine *engine)
{
    engine->claims_changed = true;
}

void *asl_engine_provider(const asl_engine *engine, const asl_provider_ops *ops)
{
    for (const struct asli_provider *p = engine->providers; p; p = p->next)
        if (p->original == ops)
            return p->self;
    return NULL;
}

struct asli_provider *asli_provider_for(const asl_engine *engine,
                                        const asl_resource *resource)
{
    for (struct asli_provider *p = engine->providers; p; p = p->next)
        if (p->ops.claims(p->self, resource))
            return p;
    return NULL;
}

/* Activities are not handlers: an execution that meets an unknown one fails as AWS's does. */
int asli_machine_unclaimed(const asl_engine *engine, const asl_machine *machine,
                           asl_error *reterr)
{
    struct asli_bytes list = {0};
    size_t n = 0;
    for (size_t i = 0; i < machine->state_count; i++) {
        const struct asli_state *s = machine->states[i];
        if (strcmp(s->ops->type, "Task") != 0)
            continue;
        const asl_resource *r = asli_state_resource(s);
        if (r->kind == ASL_RESOURCE_ACTIVITY || asli_provider_for(engine, r))
            continue;
        asli_bytes_addf(&list, "%s'%s' of state '%s'", n++ ? ", " : "", r->name, s->name);
    }
    int rc = 0;
    if (list.oom)
        rc = asli_oom(reterr);
    else if (n)
        rc = asl_error_set(reterr, ASL_EHANDLER, "no handler is registered for %.*s",
                           (int)list.len, list.data);
    asli_bytes_done(&list);
    return rc;
}
