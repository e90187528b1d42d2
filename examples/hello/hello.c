/* SPDX-License-Identifier: Apache-2.0
 *
 * hello: the shortest embedding of libasl: one handler, one definition, one execution in memory.
 * README.md shows the text below this comment, and a lint compares the two.
 */
#include <stdio.h>
#include <asl.h>

static int greet(asl_task *task, void *arg)
{
    const char *name = json_string_value(asl_task_input(task));
    return asl_task_succeed(task, json_sprintf("Hello, %s!", name ? name : "you"), NULL);
}

int main(void)
{
    static const char text[] =
        "{\"StartAt\": \"Greet\", \"States\": {\"Greet\":"
        " {\"Type\": \"Task\", \"Resource\": \"handler:greet\", \"End\": true}}}";
    asl_engine *engine = NULL;
    asl_machine *machine = NULL;
    asl_error error = {0};
    enum asl_status status;
    char *out = NULL;
    if (asl_engine_open(NULL, &engine, &error) == 0 &&
        asl_handler(engine, "greet", greet, NULL, 0, &error) == 0 &&
        asl_machine_load(text, -1, NULL, &machine, NULL, &error) == 0)
        asl_run_sync(engine, machine, "\"Ada\"", &status, &out, NULL, NULL, &error);
    puts(out ? out : error.text);
    asl_free(out);
    asl_machine_unref(machine);
    asl_engine_close(engine);
    return out == NULL;
}
