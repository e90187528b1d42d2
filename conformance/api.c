/* SPDX-License-Identifier: Apache-2.0
 *
 * api: asks a server of the Step Functions API what AWS was asked (recorded cases of the kinds `api`,
 * `test-state` and `validate`) and says where it answers something else. Lines and exit status are
 * report.h's.
 *
 * Without an endpoint it starts servers of its own: one for all cases that leave nothing behind, and
 * for a script one that knows nothing yet. At an endpoint it deletes what a script made.
 */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance/api_script.h"
#include "conformance/kit/need.h"
#include "conformance/kit/server.h"
#include "conformance/report.h"

struct options {
    struct report_options report;
    const char *endpoint, *asl, *dir;
    bool actual;
};

struct run {
    struct options options;
    struct cases cases;
    struct report report;
    struct api api;
    char *folder; /* of its own servers */
    struct server server;
    bool fresh; /* the server has served no script */
};

/* ------------------------------------------------------------------ worlds */

static int remove_below(const char *path)
{
    char *command;
    if (asprintf(&command, "rm -rf '%s'/*", path) < 0)
        need(NULL);
    int rc = system(command);
    free(command);
    return rc;
}

/* Objects that a case finds, as files BUCKET/KEY. */
static int make_objects(const struct run *r, const json_t *testcase)
{
    size_t i;
    json_t *object;
    int rc = 0;
    char *path;
    if (asprintf(&path, "%s/objects", r->folder) < 0)
        need(NULL);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        rc = -1;
    free(path);
    json_array_foreach(json_object_get(json_object_get(testcase, "resources"), "s3"), i,
                       object)
    {
        const char *bucket = json_string_value(json_object_get(object, "bucket"));
        const char *key = json_string_value(json_object_get(object, "key"));
        const char *body = json_string_value(json_object_get(object, "body"));
        if (asprintf(&path, "%s/objects/%s", r->folder, bucket) < 0)
            need(NULL);
        (void)mkdir(path, 0700);
        free(path);
        if (asprintf(&path, "%s/objects/%s/%s", r->folder, bucket, key) < 0)
            need(NULL);
        FILE *out = fopen(path, "w");
        if (out == NULL || fputs(body, out) < 0 || fclose(out) != 0)
            rc = -1;
        free(path);
    }
    return rc;
}

/* A server that knows nothing, but for the objects of the case. What machines send to queues is
 * accepted. */
static int start_server(struct run *r)
{
    char *objects;
    if (asprintf(&objects, "%s/objects", r->folder) < 0)
        need(NULL);
    const char *const options[] = {"--objects", objects, "--exec", "sqs:sendMessage=cat",
                                   NULL};
    int rc = server_start(&r->server, r->options.asl, r->folder, options);
    free(objects);
    r->api.endpoint = r->server.endpoint;
    return rc;
}

static void end_server(struct run *r)
{
    client_close(&r->api.client);
    json_decref(r->api.made);
    r->api.made = NULL;
    server_end(&r->server, SIGTERM);
}

/* A server that suits the case. */
static int begin_case(struct run *r, const json_t *testcase)
{
    bool script = json_object_get(testcase, "script") != NULL;
    if (r->options.endpoint != NULL || (r->server.pid > 0 && r->fresh && !script))
        return 0;
    end_server(r);
    if (remove_below(r->folder) != 0 || make_objects(r, testcase) != 0 ||
        start_server(r) != 0)
        return -1;
    r->fresh = !script;
    return 0;
}

/* ------------------------------------------------------------------ running */

static void run_case(struct run *r, const struct testcase *testcase)
{
    struct match m;
    struct differences list = {0};
    struct api_outcome outcome;
    r->report.id = testcase->id;
    match_init(&m, testcase->json);
    api_replay(&r->api, testcase->json, &outcome);
    if (r->options.actual && json_dumpf(outcome.actual, stdout, JSON_INDENT(2)) == 0)
        putchar('\n');
    bool same = match_whole(&m, outcome.expected, outcome.actual, &list);
    report_case(&r->report, same && outcome.trouble == NULL, outcome.trouble, &list);
    if (r->options.endpoint != NULL)
        api_undo(&r->api);
    api_outcome_done(&outcome);
    differences_done(&list);
    match_done(&m);
}

static int run_all(struct run *r)
{
    for (size_t i = 0; i < r->cases.count; i++) {
        const struct testcase *its = &r->cases.items[i];
        if (its->skip != NULL) {
            report_skip(&r->report, its);
            continue;
        }
        report_progress(&r->report, i + 1, r->cases.count);
        if (begin_case(r, its->json) != 0)
            return -1;
        run_case(r, its);
        fflush(stdout);
    }
    return 0;
}

/* ------------------------------------------------------------------ main */

static int usage(FILE *out)
{
    fputs(
        "usage: api [--endpoint URL | --asl PROGRAM] [--filter TEXT] [--list-failures]\n"
        "           [--list-skipped] [--tap] [--known FILE] DIR\n"
        "Asks a server what the recordings below DIR asked AWS.\n" REPORT_USAGE
        "  --endpoint URL   a server that runs, with account 111111111111 in us-east-1; "
        "state\n"
        "                   machines and activities of the cases are deleted there\n"
        "  --asl PROGRAM    the command whose \"serve\" is started without an endpoint\n"
        "  --actual         print what the server answered, as JSON\n",
        out);
    return out == stdout ? 0 : 2;
}

static int parse(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {REPORT_LONGS,
                                          {"endpoint", required_argument, NULL, 'e'},
                                          {"asl", required_argument, NULL, 'p'},
                                          {"actual", no_argument, NULL, 'a'},
                                          {0}};
    *o = (struct options){.asl = ASL_PROGRAM};
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        switch (c) {
        case 'e':
            o->endpoint = optarg;
            break;
        case 'p':
            o->asl = optarg;
            break;
        case 'a':
            o->actual = true;
            break;
        case 'h':
            exit(usage(stdout));
        default:
            if (!report_option(&o->report, c))
                return usage(stderr);
        }
    }
    o->dir = argv[optind];
    return optind + 1 == argc ? 0 : usage(stderr);
}

/* The endpoint, or a folder for servers. */
static int open_world(struct run *r)
{
    const char *top = getenv("TMPDIR");
    if (r->options.endpoint != NULL) {
        if (endpoint_parse(&r->api.endpoint, r->options.endpoint) == 0)
            return 0;
        fprintf(stderr, "%s: not of the form http://HOST:PORT, or an unknown host\n",
                r->options.endpoint);
        return -1;
    }
    if (asprintf(&r->folder, "%s/asl-api-XXXXXX", top != NULL ? top : "/tmp") < 0)
        need(NULL);
    if (mkdtemp(r->folder) != NULL)
        return 0;
    perror(r->folder);
    free(r->folder);
    r->folder = NULL;
    return -1;
}

static void close_world(struct run *r)
{
    end_server(r);
    if (r->folder != NULL && remove_below(r->folder) == 0)
        rmdir(r->folder);
    free(r->folder);
}

int main(int argc, char **argv)
{
    struct run r = {
        .cases = {.kinds = "api test-state validate", .lacks = "live-service"},
        .api.client.fd = -1};
    int rc = parse(&r.options, argc, argv);
    if (rc != 0)
        return rc;
    rc = 2;
    if (report_begin(&r.report, &r.options.report) == 0 &&
        cases_load(&r.cases, r.options.dir, r.options.report.filter) == 0 &&
        open_world(&r) == 0 && run_all(&r) == 0)
        rc = report_end(&r.report);
    close_world(&r);
    cases_done(&r.cases);
    report_done(&r.report);
    return rc;
}
