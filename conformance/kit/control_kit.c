/* SPDX-License-Identifier: Apache-2.0
 *
 * See control_kit.h. The calls are asserted with Check: only for use inside of a test.
 */
#include "conformance/kit/control_kit.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/quotes.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

static void open_control(struct control_kit *k)
{
    asl_error err = {0};
    kit_settle(&k->kit); /* it has a time then */
    ck_assert_msg(asl_control_open(k->kit.engine, &k->control, &err) == 0, "%s",
                  err.text);
}

void control_kit_open(struct control_kit *k)
{
    *k = (struct control_kit){0};
    ck_assert_int_eq(asl_store_mem(&k->kit.store, NULL), 0);
    k->kit.options.virtual_time = 1;
    kit_open(&k->kit);
    open_control(k);
}

void control_kit_reopen(struct control_kit *k)
{
    kit_reopen(&k->kit);
    open_control(k);
}

void control_kit_close(struct control_kit *k)
{
    kit_close(&k->kit);
    asl_store_free(k->kit.store);
}

static void on_reply(void *arg, json_t *response, const asl_error *error)
{
    struct control_kit *k = arg;
    char *text = NULL;
    if (response)
        ck_assert_int_eq(asli_json_text(response, &text, NULL, NULL), 0);
    else if (error->exception)
        text = asli_printf("%s: %s", error->exception, error->text);
    else
        text = asli_printf("%s: %s", asl_code_name(error->code), error->text);
    ck_assert_str_eq(k->said, ""); /* once */
    snprintf(k->said, sizeof k->said, "%s", text);
    asli_free(text);
    for (char *p = k->said; *p; p++)
        *p = *p == '"' ? '\'' : *p;
}

void ask(struct control_kit *k, const char *action, const char *request)
{
    char *text = kit_quoted(request);
    json_t *params;
    ck_assert_msg(asli_json_read(text, strlen(text), &params, NULL) == 0, "%s", text);
    free(text);
    k->said[0] = '\0';
    asl_control_call(k->control, action, params, on_reply, k);
    json_decref(params);
}

const char *say(struct control_kit *k, const char *action, const char *request)
{
    ask(k, action, request);
    kit_settle(&k->kit);
    ck_assert_str_ne(k->said, "");
    return k->said;
}

void expect(struct control_kit *k, const char *action, const char *request,
            const char *reply)
{
    ck_assert_str_eq(say(k, action, request), reply);
}

void expect_in(struct control_kit *k, const char *action, const char *request,
               const char *part)
{
    say(k, action, request);
    ck_assert_msg(strstr(k->said, part) != NULL, "%s is not in %s", part, k->said);
}

void expect_not_in(struct control_kit *k, const char *action, const char *request,
                   const char *part)
{
    say(k, action, request);
    ck_assert_msg(strstr(k->said, part) == NULL, "%s is in %s", part, k->said);
}

void make(struct control_kit *k)
{
    expect(k, "CreateStateMachine", MACHINE(",'publish':true"),
           "{'stateMachineArn':'" M "','creationDate':" NOW
           ",'stateMachineVersionArn':'" M ":1'}");
}

const char *pages(struct control_kit *k, const char *action, const char *request,
                  int size)
{
    static char names[512];
    char token[512] = "";
    names[0] = '\0';
    do {
        char with[1024];
        snprintf(with, sizeof with, "{%s%s'maxResults':%d%s%s%s}", request,
                 *request ? "," : "", size, *token ? ",'nextToken':'" : "", token,
                 *token ? "'" : "");
        say(k, action, with);
        for (const char *p = k->said; (p = strstr(p, "Arn':'"));) {
            const char *end = strchr(p + 6, '\'');
            const char *name = end;
            while (name[-1] != ':')
                name--;
            size_t len = strlen(names);
            snprintf(names + len, sizeof names - len, "%.*s ", (int)(end - name), name);
            p = end;
        }
        const char *next = strstr(k->said, "'nextToken':'");
        snprintf(token, sizeof token, "%.*s", next ? (int)strcspn(next + 13, "'") : 0,
                 next ? next + 13 : "");
        if (next)
            names[strlen(names) - 1] = ',';
    } while (*token);
    return names;
}

void start(struct control_kit *k, const char *arn, const char *name)
{
    asl_target target;
    asl_error err = {0};
    ck_assert_msg(asl_control_target(k->control, arn, &target, &err) == 0, "%s",
                  err.text);
    ck_assert_int_eq(kit_start_rc(&k->kit, target.machine, name, "{}", NULL), 0);
    asl_machine_unref(target.machine);
}
