/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers of actions (act_*.c) have in common.
 */
#ifndef ASLI_SERVER_ACT_H
#define ASLI_SERVER_ACT_H

#include <stdbool.h>

#include "engine/base/arn.h"
#include "server/action.h"

const char *asli_input_text(const struct asli_call *call,
                            const char *name); /* NULL: none */
bool asli_input_is(const struct asli_call *call, const char *name, const char *value);

/* A name of something new may not have a NUL character, which no C text can tell: false: it was
 * refused, and answered. */
bool asli_act_name(struct asli_call *call);

/* What AWS calls an error of the library that does not say so itself: rows of (code, exception,
 * message with one %s), the last one with code 0. */
struct asli_naming {
    int code;
    const char *exception, *format;
};
/* Answers with that; %s: the error's own text or, of a member that is not JSON, Jackson's. `member` may
 * be NULL. */
void asli_call_fail_as(struct asli_call *call, const asl_error *error,
                       const struct asli_naming *names, const char *member);
/* The same in a callback that was given a code. `names` may be NULL. */
void asli_call_fail_code(struct asli_call *call, int code, const char *text,
                         const struct asli_naming *names);

/* The ARN of a Standard execution; false: it was refused, and answered. */
bool asli_act_execution(struct asli_call *call, const char *arn);

/* Answers with one member of what DescribeExecution tells. */
void asli_act_answer_date(struct asli_call *call, const char *member);

/* Answers with `take_page` ({list: [...]}) and, unless `next` is 0, a token for what comes after. */
void asli_act_page(struct asli_call *call, json_t *take_page, uint64_t next);
/* Where the page begins that is asked for; false: it was refused, and answered. */
bool asli_act_after(struct asli_call *call, uint64_t *ret_after);

/* The engine is closed: what still waited for an execution is answered. */
void asli_syncs_close(struct asli_tenant *tenant);

#endif
