/* SPDX-License-Identifier: Apache-2.0
 *
 * A session: the store, the engine with its plug-ins, the host, and the signals that end it.
 *
 * Whatever the moment of a signal, nothing is lost: the first one ends the run in order, a second
 * one ends the process at once, and both leave the store as its last durable batch.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <asl/objects.h>

#include "cli/desk.h"
#include "engine/base/alloc.h"

/* A signal handler has no other way to reach the host. */
static asl_host *volatile signal_host;
static volatile sig_atomic_t signal_seen;

static void on_signal(int number)
{
    asl_host *host = signal_host;
    if (signal_seen || !host)
        _exit(128 + number);
    signal_seen = number;
    asl_host_stop(host);
}

bool cli_interrupted(void)
{
    return signal_seen != 0;
}

static void catch_signals(asl_host *host)
{
    signal_host = host;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool cli_is_express(const char *arn)
{
    return strstr(arn, ":express:") != NULL; /* names have no colons */
}

/* ------------------------------------------------------------------ hooks of the engine */

static void on_event(void *arg, const asl_event *event)
{
    struct cli_session *session = arg;
    cli_progress_event(&session->progress, event);
}

static int put_text(json_t *object, const char *key, const char *text)
{
    return text ? json_object_set_new(object, key, json_string(text)) : 0;
}

json_t *cli_description(const asl_result *result)
{
    json_t *description = cli_must(json_object());
    if (put_text(description, "executionArn", result->arn) ||
        put_text(description, "name", result->name) ||
        put_text(description, "status", asl_status_name(result->status)) ||
        put_text(description, "output", result->output) ||
        put_text(description, "error", result->error) ||
        put_text(description, "cause", result->cause))
        cli_must(NULL);
    return description;
}

static void keep_express(struct cli_session *session, const asl_result *result)
{
    if (!session->express)
        session->express = cli_must(json_array());
    if (json_array_append_new(session->express, cli_description(result)))
        cli_must(NULL);
}

static void on_ended(void *arg, const asl_result *result)
{
    struct cli_session *session = arg;
    if (cli_is_express(result->arn) &&
        (!session->waiting || json_object_get(session->waiting, result->arn)))
        keep_express(session, result);
    if (session->waiting && json_object_del(session->waiting, result->arn) == 0 &&
        json_object_size(session->waiting) == 0)
        asl_host_stop(session->host);
}

static void on_log(void *arg, int level, const char *text)
{
    struct cli_session *session = arg;
    if (level <= 2 || session->progress.on)
        cli_say(session->args, "%s%s",
                level == 1   ? "error: "
                : level == 2 ? "warning: "
                             : "",
                text);
}

/* ------------------------------------------------------------------ opening */

static int open_store(struct cli_session *session, enum cli_open how)
{
    const char *dir = session->args->value[CLI_STORE];
    asl_error error = {0};
    asl_lmdb_options options = {.size = sizeof options, .create = how == CLI_OPEN_RUN};
    int rc = dir ? asl_store_lmdb(dir, &options, &session->store, &error)
                 : asl_store_mem(&session->store, &error);
    if (rc == 0)
        return CLI_OK;
    cli_fail(session->args, dir, &error);
    return CLI_TROUBLE;
}

static int open_engine(struct cli_session *session, enum cli_open how)
{
    const char *const *value = session->args->value;
    asl_options options = {.size = sizeof options,
                           .store = session->store,
                           .region = value[CLI_REGION],
                           .account = value[CLI_ACCOUNT],
                           .role_arn = value[CLI_ROLE],
                           .virtual_time = value[CLI_VIRTUAL_TIME] != NULL,
                           .max_payload = cli_number(session->args, CLI_MAX_PAYLOAD),
                           .max_events = cli_number(session->args, CLI_MAX_EVENTS),
                           .arg = session,
                           .event = on_event,
                           .ended = on_ended,
                           .log = on_log};
    asl_error error = {0};
    int rc = asl_engine_open(&options, &session->engine, &error);
    if (rc == ASL_EINVAL && how != CLI_OPEN_RUN) { /* the store knows its kind of time */
        options.virtual_time = !options.virtual_time;
        rc = asl_engine_open(&options, &session->engine, NULL);
    }
    return rc == 0 ? CLI_OK : cli_fail(session->args, value[CLI_STORE], &error);
}

static int open_objects(struct cli_session *session)
{
    const char *dir = session->args->value[CLI_OBJECTS];
    asl_objects *objects;
    asl_error error = {0};
    if (!dir)
        return CLI_OK;
    int rc = asl_objects_dir(dir, &objects, &error);
    if (rc != 0) {
        cli_fail(session->args, dir, &error);
        return rc == ASL_ENOTFOUND ? CLI_USAGE : CLI_TROUBLE;
    }
    asl_engine_set_objects(session->engine, objects);
    return CLI_OK;
}

/* The library stays mapped: its handlers may run until the process ends. */
static int load_plugin(struct cli_session *session, const char *path)
{
    ASLI_AUTO(text) char *here = NULL;
    if (!strchr(path, '/')) /* a file, not a name to look up in the system's folders */
        here = cli_must(asli_printf("./%s", path));
    void *library = dlopen(here ? here : path, RTLD_NOW | RTLD_NODELETE);
    void *symbol = library ? dlsym(library, "asl_plugin") : NULL;
    if (!symbol) {
        cli_say(session->args, "cannot load handlers: %s", dlerror());
        return CLI_USAGE;
    }
    asl_plugin_fn *plugin;
    memcpy(&plugin, &symbol, sizeof plugin);
    asl_error error = {0};
    int rc = plugin(session->engine, &error);
    if (rc == 0)
        return CLI_OK;
    if (!error.code)
        asl_error_set(&error, rc, "asl_plugin gave %d", rc);
    cli_fail(session->args, path, &error);
    return CLI_TROUBLE;
}

static int open_host(struct cli_session *session, enum cli_open how)
{
    asl_host_options options = {.size = sizeof options,
                                .single_thread = how == CLI_OPEN_ACT};
    asl_error error = {0};
    int rc = asl_host_new(session->engine, &options, &session->host, &error);
    if (rc != 0)
        return cli_fail(session->args, NULL, &error);
    catch_signals(session->host);
    return CLI_OK;
}

int cli_session_equip(struct cli_session *session, bool workers)
{
    const struct cli_args *args = session->args;
    int status = open_objects(session);
    if (status == CLI_OK && workers)
        status = cli_http(session);
    for (size_t i = 0; status == CLI_OK && i < args->handler_count; i++)
        status = load_plugin(session, args->handlers[i]);
    if (status == CLI_OK && workers)
        status = cli_serve(session);
    return status;
}

int cli_session_open(struct cli_session *session, const struct cli_args *args,
                     enum cli_open how)
{
    session->args = args;
    if (!args->value[CLI_STORE] && how != CLI_OPEN_RUN)
        return cli_usage(args, "--store DIR is missing");
    session->progress.on = how != CLI_OPEN_ACT && !args->value[CLI_NO_PROGRESS] &&
                           (args->value[CLI_PROGRESS] || isatty(STDERR_FILENO));
    int status = open_store(session, how);
    if (status == CLI_OK)
        status = cli_retain(args, session->store);
    if (status == CLI_OK)
        status = open_engine(session, how);
    if (status == CLI_OK)
        status = cli_session_equip(session, how != CLI_OPEN_ACT);
    if (status == CLI_OK)
        status = open_host(session, how);
    if (status == CLI_OK && how != CLI_OPEN_ACT && args->value[CLI_STORE])
        session->desk = cli_desk_open(session);
    return status;
}

void cli_session_close(struct cli_session *session)
{
    signal_host = NULL;
    cli_desk_stop(session->desk);
    asl_host_free(session->host);
    asl_engine_close(session->engine);
    cli_desk_close(session->desk);
    asl_store_free(session->store);
    json_decref(session->waiting);
    json_decref(session->express);
}

/* ------------------------------------------------------------------ running */

void cli_session_wait_for(struct cli_session *session, const char *arn)
{
    if (!session->waiting)
        session->waiting = cli_must(json_object());
    if (json_object_set_new(session->waiting, arn, json_true()) != 0)
        cli_must(NULL);
}

int cli_session_run(struct cli_session *session, enum asl_run_until until)
{
    asl_error error = {0};
    if (asl_host_run(session->host, until, &error) == 0)
        return session->status;
    cli_fail(session->args, session->args->value[CLI_STORE], &error);
    return CLI_TROUBLE;
}

void cli_session_refused(struct cli_session *session, const char *subject, int code,
                         const char *text)
{
    asl_error error = {0};
    asl_error_set(&error, code, "%s", text && text[0] ? text : asl_code_text(code));
    session->status = cli_fail(session->args, subject, &error);
    asl_host_stop(session->host);
}

int cli_store_read(const struct cli_args *args, asl_store **ret_store)
{
    const char *dir = args->value[CLI_STORE];
    if (!dir)
        return cli_usage(args, "--store DIR is missing");
    asl_lmdb_options options = {.size = sizeof options, .read_only = 1};
    asl_error error = {0};
    if (asl_store_lmdb(dir, &options, ret_store, &error) == 0)
        return CLI_OK;
    cli_fail(args, dir, &error);
    return CLI_TROUBLE;
}
