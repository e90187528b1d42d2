/* SPDX-License-Identifier: Apache-2.0
 *
 * See greeting.h. The handler runs wherever the program's way of driving the engine lets it run.
 */
#include "examples/embedding/greeting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char definition[] =
    "{\"StartAt\": \"Wait\", \"States\": {"
    "\"Wait\": {\"Type\": \"Wait\", \"Seconds\": 31536000, \"Next\": \"Greet\"},"
    "\"Greet\": {\"Type\": \"Task\", \"Resource\": \"handler:greet\", \"End\": true}}}";

static int greet(asl_task *task, void *arg)
{
    const char *name = json_string_value(asl_task_input(task));
    (void)arg;
    return asl_task_succeed(task, json_sprintf("Hello, %s!", name ? name : "you"), NULL);
}

static void on_ended(void *arg, const asl_result *result)
{
    struct greeting *g = arg;
    g->running--;
    printf("%s %s\n", asl_status_name(result->status),
           result->output  ? result->output
           : result->error ? result->error
                           : "");
}

int greeting_open(struct greeting *g, int virtual_time, asl_error *reterr)
{
    asl_options options = {.size = sizeof options,
                           .virtual_time = virtual_time,
                           .arg = g,
                           .ended = on_ended};
    memset(g, 0, sizeof *g);
    int rc = asl_engine_open(&options, &g->engine, reterr);
    if (rc == 0)
        rc = asl_handler(g->engine, "greet", greet, NULL, 0, reterr);
    if (rc == 0)
        rc = asl_machine_load(definition, (size_t)-1, NULL, &g->machine, NULL, reterr);
    return rc;
}

int greeting_start(struct greeting *g, const char *name, asl_error *reterr)
{
    json_t *text = json_string(name);
    char *input = json_dumps(text, JSON_ENCODE_ANY);
    int rc = asl_start(g->engine, g->machine, input ? input : "null", (size_t)-1, NULL,
                       NULL, reterr);
    free(input);
    json_decref(text);
    g->running += rc == 0;
    return rc;
}

void greeting_close(struct greeting *g)
{
    asl_machine_unref(g->machine);
    asl_engine_close(g->engine);
}
