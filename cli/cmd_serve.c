/* SPDX-License-Identifier: Apache-2.0
 *
 * asl serve: the API of Step Functions, for its clients.
 *
 * What the options and the environment say becomes tenants and a server (server/); tasks are done
 * by whom the other commands have, too.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <asl/mock.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"
#include "server/server.h"

#define DEFAULT_STORE "asl-store"
#define DEFAULT_CONNECTIONS 12000
#define END_MS 300      /* of the second that it has, for stores to close */
#define OTHER_FILES 256 /* stores, pipes of commands, ... */

struct serving {
    const struct cli_args *args;
    struct asli_server *server;
    struct asli_server_options options;
    struct asli_keys keys;
    const char *account, *region; /* of the tenant whose store is --store itself */
    double wait_scale;
    char *tls_cert, *tls_key;
};

/* What an option says, or else the environment, as Step Functions Local has it. */
static const char *setting(const struct cli_args *args, enum cli_option option,
                           const char *variable, const char *otherwise)
{
    const char *value = args->value[option];
    if (!value)
        value = getenv(variable);
    return value && *value ? value : otherwise;
}

/* ------------------------------------------------------------------ tenants */

/* They are asked before who does tasks for real. */
static int open_mocks(struct cli_session *session)
{
    const char *path = setting(session->args, CLI_MOCK, "SFN_MOCK_CONFIG", NULL);
    asl_error error = {0};
    if (!path || asl_mock_open(session->engine, path, &error) == 0)
        return CLI_OK;
    cli_fail(session->args, path, &error);
    return CLI_USAGE;
}

/* With the options that the other commands have, too, as if the tenant's store was theirs. */
static int equip(void *arg, struct asli_tenant *tenant, const char *dir)
{
    const struct serving *serving = arg;
    struct cli_args args = *serving->args;
    args.value[CLI_STORE] = dir;
    struct cli_session session = {
        .args = &args, .store = tenant->store, .engine = tenant->engine};
    int status = cli_session_equip(&session, true);
    if (status == CLI_OK)
        status = cli_http_environment(&session);
    return status == CLI_OK ? open_mocks(&session) : status;
}

/* A folder for a tenant: that of --account and --region has the one given itself. */
static char *folder_of(const struct serving *serving, const char *given,
                       const char *account, const char *region)
{
    if (!given)
        return NULL;
    mkdir(given, 0700); /* who opens it tells, should it be missing */
    if (strcmp(account, serving->account) == 0 && strcmp(region, serving->region) == 0)
        return cli_must(asli_strdup(given));
    return cli_must(asli_printf("%s/%s.%s", given, account, region));
}

static int add_tenant(struct serving *serving, const char *account, const char *region)
{
    const struct cli_args *args = serving->args;
    const char *store = args->value[CLI_STORE] ? args->value[CLI_STORE] : DEFAULT_STORE;
    ASLI_AUTO(text) char *dir = folder_of(serving, store, account, region);
    ASLI_AUTO(text)
    char *log_dir = folder_of(serving, args->value[CLI_LOG_DIR], account, region);
    struct asli_tenant_options options = {.dir = dir,
                                          .log_dir = log_dir,
                                          .account = account,
                                          .region = region,
                                          .max_payload =
                                              cli_number(args, CLI_MAX_PAYLOAD),
                                          .max_events = cli_number(args, CLI_MAX_EVENTS),
                                          .wait_scale = serving->wait_scale,
                                          .arg = serving,
                                          .equip = equip};
    asl_error error = {0};
    int rc = asli_server_add(serving->server, &options, &error);
    if (rc == 0)
        return CLI_OK;
    return error.code ? cli_fail(args, dir, &error)
                      : rc; /* equip has told, and says how to end */
}

static int add_tenants(struct serving *serving)
{
    if (!serving->options.keys)
        return add_tenant(serving, serving->account, serving->region);
    int status = CLI_OK;
    const struct asli_key *keys = serving->keys.list;
    for (size_t i = 0; status == CLI_OK && i < serving->keys.count; i++) {
        bool had = false;
        for (size_t j = 0; j < i; j++)
            had = had || (strcmp(keys[i].account, keys[j].account) == 0 &&
                          strcmp(keys[i].region, keys[j].region) == 0);
        if (!had)
            status = add_tenant(serving, keys[i].account, keys[i].region);
    }
    return status;
}

/* ------------------------------------------------------------------ who may come in */

static int read_keys(struct serving *serving)
{
    const struct cli_args *args = serving->args;
    const char *auth = args->value[CLI_AUTH], *path = args->value[CLI_KEYS];
    ASLI_AUTO(text) char *text = NULL;
    asl_error error = {0};
    if (auth && strcmp(auth, "sigv4") != 0)
        return cli_usage(args, "--auth knows sigv4, not '%s'", auth);
    if (!auth != !path)
        return cli_usage(args, "--auth sigv4 and --keys FILE belong together");
    if (!auth)
        return CLI_OK;
    int status = cli_read_file(args, path, &text, NULL);
    if (status != CLI_OK)
        return status;
    if (asli_keys_read(text, &serving->keys, &error) != 0)
        return cli_fail(args, path, &error);
    serving->options.keys = &serving->keys;
    return CLI_OK;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

/* Of an address that cannot be found the server tells. */
static bool is_public(const char *address)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list;
    bool public = false;
    if (getaddrinfo(address, NULL, &hints, &list) != 0)
        return false;
    for (const struct addrinfo *info = list; info; info = info->ai_next)
    public = public || !is_loopback(info->ai_addr);
    freeaddrinfo(list);
    return public;
}

static int read_tls(struct serving *serving)
{
    const struct cli_args *args = serving->args;
    const char *cert = args->value[CLI_TLS_CERT], *key = args->value[CLI_TLS_KEY];
    if (!cert != !key)
        return cli_usage(args, "--tls-cert FILE and --tls-key FILE belong together");
    if (!cert)
        return CLI_OK;
    int status = cli_read_file(args, cert, &serving->tls_cert, NULL);
    if (status == CLI_OK)
        status = cli_read_file(args, key, &serving->tls_key, NULL);
    serving->options.tls_cert = serving->tls_cert;
    serving->options.tls_key = serving->tls_key;
    return status;
}

/* As many as asked for, if the process may have so many files. */
static unsigned connections(const struct cli_args *args)
{
    unsigned wanted = cli_number(args, CLI_CONNECTIONS);
    struct rlimit files = {0};
    if (!wanted)
        wanted = DEFAULT_CONNECTIONS;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return wanted;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur > 2 * OTHER_FILES && files.rlim_cur - OTHER_FILES < wanted)
        wanted = (unsigned)(files.rlim_cur - OTHER_FILES);
    return wanted;
}

static int read_wait_scale(struct serving *serving)
{
    const char *scale = getenv("WAIT_TIME_SCALE");
    char *end;
    if (!scale || !*scale)
        return CLI_OK;
    serving->wait_scale = strtod(scale, &end);
    if (!*end && serving->wait_scale > 0)
        return CLI_OK;
    return cli_usage(serving->args, "WAIT_TIME_SCALE is a number such as 0.1, not '%s'",
                     scale);
}

static int read_options(struct serving *serving)
{
    const struct cli_args *args = serving->args;
    struct asli_server_options *o = &serving->options;
    const char *level = args->value[CLI_LOG_LEVEL];
    o->address = args->value[CLI_ADDRESS] ? args->value[CLI_ADDRESS] : "127.0.0.1";
    o->port = args->value[CLI_PORT] ? args->value[CLI_PORT] : "8083";
    o->connections = connections(args);
    o->log_fd = STDERR_FILENO;
    o->log_level = level ? asli_log_level_of(level) : ASLI_LOG_INFO;
    if (!o->log_level)
        return cli_usage(args, "--log-level is error, warning, info or debug, not '%s'",
                         level);
    serving->account = setting(args, CLI_ACCOUNT, "AWS_ACCOUNT_ID", "123456789012");
    serving->region = setting(args, CLI_REGION, "AWS_DEFAULT_REGION", "us-east-1");
    int status = read_wait_scale(serving);
    if (status == CLI_OK)
        status = read_keys(serving);
    if (status == CLI_OK)
        status = read_tls(serving);
    if (status == CLI_OK && !o->keys && !args->value[CLI_INSECURE] &&
        is_public(o->address))
        status = cli_usage(args,
                           "%s is a public address: everybody could come in; give --auth "
                           "sigv4 --keys FILE, or --insecure",
                           o->address);
    return status;
}

static int serve(struct serving *serving)
{
    asl_error error = {0};
    int status = read_options(serving);
    if (status != CLI_OK)
        return status;
    if (asli_server_open(&serving->options, &serving->server, &error) != 0)
        return cli_fail(serving->args, NULL, &error);
    status = add_tenants(serving);
    if (status == CLI_OK && asli_server_run(serving->server, &error) != 0)
        status = cli_fail(serving->args, NULL, &error);
    return status;
}

/* A handler holds up the end: whatever was answered is durable, its task is done again. */
static void on_alarm(int number)
{
    static const char text[] = "asl serve: a handler that does not return is left\n";
    (void)number;
    _exit(write(STDERR_FILENO, text, sizeof text - 1) < 0 ? CLI_TROUBLE : CLI_OK);
}

static void limit_end(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval moment = {.it_value = {.tv_usec = END_MS * 1000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &moment, NULL);
}

static int run(const struct cli_args *args)
{
    struct serving serving = {.args = args};
    int status = serve(&serving);
    if (status == CLI_OK)
        limit_end();
    asli_server_close(serving.server);
    asli_keys_done(&serving.keys);
    asli_free(serving.tls_cert);
    asli_free(serving.tls_key);
    return status;
}

const struct cli_command cli_server = {
    .name = "serve",
    .operands = "",
    .summary = "serve the API of Step Functions, for AWS's clients",
    .description =
        "Serve the API of AWS Step Functions over HTTP, for the AWS CLI, the SDKs and "
        "whatever is\n"
        "made with them, and run what they start. Clients need only the endpoint:\n\n"
        "  aws stepfunctions list-state-machines --endpoint-url http://localhost:8083\n\n"
        "Everything answered is durable in the store (default: " DEFAULT_STORE
        " in the working\n"
        "directory); after a restart all executions go on. SIGTERM ends it in order. "
        "/healthz and\n"
        "/metrics are there too. AWS_ACCOUNT_ID and AWS_DEFAULT_REGION stand for "
        "--account and\n"
        "--region.\n",
    .example = "  asl serve --store ./orders --handlers ./handlers.so\n",
    .options = CLI_HAS(STORE) | CLI_HAS_ENGINE | CLI_HAS(HANDLERS) | CLI_HAS(EXEC) |
               CLI_HAS(TABLE) | CLI_HAS_HTTP | CLI_HAS(MOCK) | CLI_HAS(ACCOUNT) |
               CLI_HAS(REGION) | CLI_HAS(PORT) | CLI_HAS(ADDRESS) | CLI_HAS(CONNECTIONS) |
               CLI_HAS(AUTH) | CLI_HAS(KEYS) | CLI_HAS(INSECURE) | CLI_HAS(TLS_CERT) |
               CLI_HAS(TLS_KEY) | CLI_HAS(LOG_LEVEL) | CLI_HAS(LOG_DIR),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
