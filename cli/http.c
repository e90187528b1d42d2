/* SPDX-License-Identifier: Apache-2.0
 *
 * Services by HTTP: --lambda-endpoint, --endpoint, --connections, and what AWS's tools and Step
 * Functions Local have in the environment for them.
 *
 * They are asked last: whoever else does a task goes first.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

#ifdef ASLI_HTTP
#include <asl/control.h>
#include <asl/http.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static int open_http(struct cli_session *session)
{
    const char *region = variable("AWS_REGION");
    asl_http_options options = {.size = sizeof options,
                                .region =
                                    region ? region : variable("AWS_DEFAULT_REGION"),
                                .access_key = variable("AWS_ACCESS_KEY_ID"),
                                .secret_key = variable("AWS_SECRET_ACCESS_KEY"),
                                .session_token = variable("AWS_SESSION_TOKEN"),
                                .ca_file = variable("AWS_CA_BUNDLE"),
                                .exchanged = asl_test_state_exchanged};
    asl_error error = {0};
    int rc = asl_http_open(session->engine, &options, &error);
    return rc == 0 ? CLI_OK : cli_fail(session->args, NULL, &error);
}

static int add_endpoint(struct cli_session *session, const char *service, const char *url)
{
    asl_error error = {0};
    int rc = asl_http_endpoint(session->engine, service, url, &error);
    return rc == 0 ? CLI_OK : cli_fail(session->args, service, &error);
}

static int add_given(struct cli_session *session, const char *given)
{
    const char *equals = strchr(given, '=');
    if (!equals || equals == given || !equals[1])
        return cli_usage(session->args, "--endpoint needs SERVICE=URL, not '%s'", given);
    ASLI_AUTO(text)
    char *service = cli_must(asli_strndup(given, (size_t)(equals - given)));
    return add_endpoint(session, service, equals + 1);
}

static int add_connections(struct cli_session *session)
{
    const char *path = session->args->value[CLI_HTTP_CONNECTIONS];
    ASLI_AUTO(text) char *text = NULL;
    size_t len;
    asl_error error = {0};
    int status = path ? cli_read_file(session->args, path, &text, &len) : CLI_OK;
    if (status == CLI_OK && path &&
        asl_http_connections(session->engine, text, len, &error) != 0)
        status = cli_fail(session->args, path, &error);
    return status;
}

int cli_http(struct cli_session *session)
{
    const struct cli_args *args = session->args;
    const char *lambda = args->value[CLI_LAMBDA_ENDPOINT], *given;
    size_t at = 0;
    int status = open_http(session);
    while (status == CLI_OK && (given = cli_each(args, CLI_ENDPOINT, &at)))
        status = add_given(session, given);
    if (status == CLI_OK && lambda)
        status = add_endpoint(session, "lambda", lambda);
    return status == CLI_OK ? add_connections(session) : status;
}

/* Is it given by an option? */
static bool is_given(const struct cli_args *args, const char *service)
{
    size_t len = strlen(service), at = 0;
    const char *given;
    if (strcmp(service, "lambda") == 0 && args->value[CLI_LAMBDA_ENDPOINT])
        return true;
    while ((given = cli_each(args, CLI_ENDPOINT, &at))) {
        if (strncmp(given, service, len) == 0 && given[len] == '=')
            return true;
    }
    return false;
}

int cli_http_environment(struct cli_session *session)
{
    static const struct {
        const char *name, *service; /* NULL: Step Functions Local has it, we do not */
    } rows[] = {
        {"BATCH_ENDPOINT", NULL},
        {"DYNAMODB_ENDPOINT", "dynamodb"},
        {"ECS_ENDPOINT", "ecs"},
        {"GLUE_ENDPOINT", "glue"},
        {"LAMBDA_ENDPOINT", "lambda"},
        {"SAGE_MAKER_ENDPOINT", NULL},
        {"SNS_ENDPOINT", "sns"},
        {"SQS_ENDPOINT", "sqs"},
        {"STEP_FUNCTIONS_ENDPOINT", "sfn"},
    };
    int status = CLI_OK;
    for (size_t i = 0; status == CLI_OK && i < sizeof rows / sizeof *rows; i++) {
        const char *url = variable(rows[i].name);
        if (url && !rows[i].service)
            cli_say(session->args, "warning: %s is not used", rows[i].name);
        else if (url && !is_given(session->args, rows[i].service))
            status = add_endpoint(session, rows[i].service, url);
    }
    return status;
}

#else

int cli_http(struct cli_session *session)
{
    static const enum cli_option options[] = {CLI_LAMBDA_ENDPOINT, CLI_ENDPOINT,
                                              CLI_HTTP_CONNECTIONS};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (session->args->value[options[i]])
            return cli_usage(session->args, "--%s: this asl was built without HTTP",
                             cli_option_name((int)options[i]));
    }
    return CLI_OK;
}

int cli_http_environment(struct cli_session *session)
{
    (void)session;
    return CLI_OK;
}
#endif
