/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the asl command share.
 *
 * A subcommand is one cmd_NAME.c that exports one const struct cli_command, listed in main.c. Its
 * options are rows of CLI_OPTIONS, so that parsing, --help and the manual speak of the same ones.
 * Results go to stdout, everything said to a person goes to stderr. Only this program prints and
 * exits; whatever it knows of executions it asked through <asl.h>.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <asl.h>
#include <asl/definition.h>
#include <asl/dynamodb.h>

/* Exit statuses, the same for every subcommand. */
enum cli_exit {
    CLI_OK = 0,
    CLI_FAILED = 1,
    CLI_USAGE =
        2, /* what was asked or given is wrong: usage, definition, input, name, token */
    CLI_TIMED_OUT = 3,
    CLI_ABORTED = 4,
    CLI_TROUBLE = 5, /* the store or the engine failed */
    CLI_RUNNING = 75,
};

/* What asl serve alone has, as below. */
#define CLI_SERVER_OPTIONS(X)                                                            \
    X(PORT, "port", "PORT", "port to listen at; 0: any that is free (default 8083)")     \
    X(ADDRESS, "bind", "ADDR", "address to listen at (default 127.0.0.1)")               \
    X(AUTH, "auth", "sigv4", "let in only requests that are signed by a key of --keys")  \
    X(KEYS, "keys", "FILE", "a line a key: access key, secret, account, region")         \
    X(INSECURE, "insecure", NULL, "let everybody in, at a public address too")           \
    X(TLS_CERT, "tls-cert", "FILE", "serve by TLS: the certificate and its chain, PEM")  \
    X(TLS_KEY, "tls-key", "FILE", "its private key, PEM")                                \
    X(CONNECTIONS, "max-connections", "NUMBER", "that are open (default 12000)")         \
    X(LOG_LEVEL, "log-level", "LEVEL",                                                   \
      "what is logged: error, warning, info or debug (default info)")                    \
    X(LOG_DIR, "log-dir", "DIR",                                                         \
      "where executions log that a state machine wants logged, a file a log group")

/* X(ID, "name", "METAVAR" or NULL for a flag, "help"): every long option there is. */
#define CLI_OPTIONS(X)                                                                   \
    X(INPUT, "input", "JSON",                                                            \
      "input: JSON text, @FILE, or - for standard input (default {})")                   \
    X(NAME, "name", "NAME", "name of the execution (default: a new UUID)")               \
    X(STORE, "store", "DIR", "directory in which executions are kept")                   \
    X(HANDLERS, "handlers", "LIB.so",                                                    \
      "load a plug-in with task handlers; may be repeated")                              \
    X(EXEC, "exec", "NAME=CMD",                                                          \
      "let a shell command do the tasks of a handler's name; may be repeated")           \
    X(ACTIVITY, "activity", "NAME",                                                      \
      "an activity whose workers come later ('asl work'); may be repeated")              \
    X(MACHINE_FILE, "machine-file", "FILE",                                              \
      "a state machine that executions may start; may be repeated")                      \
    X(OBJECTS, "objects", "DIR",                                                         \
      "what distributed Maps read and write: a bucket is a directory in DIR")            \
    X(TABLE, "table", "NAME:KEY[:RANGE]",                                                \
      "a table for dynamodb:getItem and its like; may be repeated")                      \
    X(LAMBDA_ENDPOINT, "lambda-endpoint", "URL",                                         \
      "where Lambda functions are invoked, such as http://127.0.0.1:3001")               \
    X(ENDPOINT, "endpoint", "SERVICE=URL",                                               \
      "where a service of AWS is, such as sqs; may be repeated")                         \
    X(HTTP_CONNECTIONS, "connections", "FILE",                                           \
      "connections of http:invoke: JSON, name -> connection")                            \
    X(EXPRESS, "express", NULL,                                                          \
      "a state machine of type EXPRESS: it runs in memory, for five minutes")            \
    X(VIRTUAL_TIME, "virtual-time", NULL,                                                \
      "let time jump to the next deadline, never wait")                                  \
    X(ACCOUNT, "account", "ID", "twelve digits for ARNs (default 123456789012)")         \
    X(REGION, "region", "REGION", "region for ARNs (default us-east-1)")                 \
    X(ROLE, "role", "ARN", "role of the execution (default: asl, of the account)")       \
    X(MACHINE, "machine", "NAME",                                                        \
      "name of the state machine (default: from the file name)")                         \
    X(PROGRESS, "progress", NULL, "show progress even if standard error is no terminal") \
    X(NO_PROGRESS, "no-progress", NULL, "do not show progress")                          \
    X(NO_WAIT, "no-wait", NULL, "do only what is due now; do not wait for timers")       \
    X(MAP_RUN, "map-run", "ARN",                                                         \
      "the child executions of this Map run ('asl describe' tells it)")                  \
    X(STATUS, "status", "STATUS", "only executions of this status, such as RUNNING")     \
    X(OUTPUT, "output", "JSON",                                                          \
      "the task succeeded: JSON text, @FILE, or - for standard input")                   \
    X(ERROR, "error", "NAME", "error name")                                              \
    X(CAUSE, "cause", "TEXT", "cause, a text for people")                                \
    X(HEARTBEAT, "heartbeat", NULL, "the task is still being worked on")                 \
    X(JSON, "json", NULL, "print JSON in the shape of the AWS API's response")           \
    X(DEFINE, "define", "NAME=VALUE",                                                    \
      "or -D: replace ${NAME} in the definition; may be repeated")                       \
    X(TEMPLATE, "template", "FILE",                                                      \
      "take the definition from a SAM or CloudFormation template")                       \
    X(RESOURCE, "resource", "ID", "which state machine of the template")                 \
    X(MOCK, "mock", "FILE", "answer tasks from a mock file of Step Functions Local")     \
    X(CASE, "case", "NAME", "the test case of the mock file")                            \
    X(FORMAT, "format", "FORMAT", "how to print: text, json or sarif")                   \
    X(AWS, "aws", NULL, "refuse what libasl runs and AWS does not")                      \
    X(OLDER_THAN, "older-than", "AGE",                                                   \
      "that ended so long ago: 30d, 12h, 90m, 60s; or before a date: 2026-11-01")        \
    X(DRY_RUN, "dry-run", NULL, "only tell what would be removed")                       \
    X(MAX_PAYLOAD, "max-payload", "BYTES",                                               \
      "of an input, output or result (default 262144)")                                  \
    X(MAX_EVENTS, "max-events", "NUMBER", "of events in a history (default 25000)")      \
    X(MAX_DEFINITION, "max-definition", "BYTES", "of a definition (default 1048576)")    \
    X(RETENTION, "retention", "AGE",                                                     \
      "first remove executions that ended so long ago, as 'asl prune' does")             \
    X(BIND, "bind", "NAME=JSON", "or -b: bind the variable $NAME; may be repeated")      \
    X(NO_INPUT, "no-input", NULL, "or -n: read no input at all")                         \
    X(MINUTES, "minutes", "NUMBER", "how long (default 1)")                              \
    X(KILLS, "kills", "NUMBER", "until it was killed so often")                          \
    X(SEED, "seed", "NUMBER", "what it begins with (default: another each time)")        \
    X(FAULTS, "faults", "LIST", "only these faults: names with commas (default all)")    \
    X(LIST_FAULTS, "list-faults", NULL, "print the names of the faults and exit")        \
    CLI_SERVER_OPTIONS(X)                                                                \
    X(KEEP, "keep", "DIR", "keep the stores and journals of all rounds in DIR")          \
    X(HELP, "help", NULL, "show this text and exit")

enum cli_option {
#define CLI_OPTION_ID(id, name, metavar, help) CLI_##id,
    CLI_OPTIONS(CLI_OPTION_ID)
#undef CLI_OPTION_ID
        CLI_OPTION_COUNT
};
_Static_assert(CLI_OPTION_COUNT <= 64, "a command's options are bits of 64");
#define CLI_HAS(id) (UINT64_C(1) << CLI_##id)

/* What is an engine's: of every command that lets executions go on. */
#define CLI_HAS_ENGINE (CLI_HAS(MAX_PAYLOAD) | CLI_HAS(MAX_EVENTS) | CLI_HAS(OBJECTS))

/* Of one that has tasks done by HTTP. */
#define CLI_HAS_HTTP                                                                     \
    (CLI_HAS(LAMBDA_ENDPOINT) | CLI_HAS(ENDPOINT) | CLI_HAS(HTTP_CONNECTIONS))

/* And of one whose process stays, and has tasks done. */
#define CLI_HAS_WORKERS                                                                  \
    (CLI_HAS(HANDLERS) | CLI_HAS(EXEC) | CLI_HAS(ACTIVITY) | CLI_HAS(MACHINE_FILE) |     \
     CLI_HAS(MAX_DEFINITION) | CLI_HAS_HTTP)
#define CLI_HAS_SERVING                                                                  \
    (CLI_HAS(STORE) | CLI_HAS_ENGINE | CLI_HAS_WORKERS | CLI_HAS(TABLE) |                \
     CLI_HAS(DEFINE) | CLI_HAS(VIRTUAL_TIME) | CLI_HAS(ACCOUNT) | CLI_HAS(REGION) |      \
     CLI_HAS(ROLE) | CLI_HAS(PROGRESS) | CLI_HAS(NO_PROGRESS))

struct cli_args;

struct cli_command {
    const char *name, *operands, *summary;
    const char *description;        /* whole lines */
    const char *example;            /* whole lines */
    uint64_t options;               /* CLI_HAS(...) | ...; --help is understood by all */
    int min_operands, max_operands; /* -1: any number */
    int (*run)(const struct cli_args *args); /* returns an exit status */
};

struct cli_args {
    const struct cli_command *command;
    const char *
        value[CLI_OPTION_COUNT]; /* the last one given; a flag's is ""; NULL: not given */
    const char **handlers;       /* all --handlers */
    size_t handler_count;
    const struct cli_given {
        int option;
        const char *value;
    } * given; /* every option with its value, in order: cli_each */
    size_t given_count;
    const asl_engine *engine; /* set for validate: who must serve every Task */
    char **operands;
    int operand_count;
};

extern const struct cli_command cli_run, cli_resume, cli_list, cli_describe, cli_history,
    cli_stop, cli_answer, cli_validate, cli_work, cli_table, cli_check, cli_prune,
    cli_delete, cli_dump, cli_load, cli_upgrade, cli_redrive, cli_jsonata, cli_torture,
    cli_server;

/* options.c: reads argv[1..] for args->command. -1: go on; else exit with that status. */
int cli_options_parse(struct cli_args *args, int argc, char **argv);
const char *cli_option_name(int option); /* without "--" */
/* The value of an option that counts: bytes, or a number; 0: not given. */
unsigned cli_number(const struct cli_args *args, enum cli_option option);
void cli_options_done(struct cli_args *args);
/* The values of an option that may be repeated: the next one from *at (0 at first), or NULL. */
const char *cli_each(const struct cli_args *args, enum cli_option option, size_t *at);

/* common.c: words for people on stderr, after "asl COMMAND: ". */
void cli_say(const struct cli_args *args, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, then where help is. Returns CLI_USAGE. */
int cli_usage(const struct cli_args *args, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Says the error, after "SUBJECT: " unless that is NULL or in the text; returns its exit status. */
int cli_fail(const struct cli_args *args, const char *subject, const asl_error *error);
/* Returns its argument, or exits when that is NULL: out of memory. */
void *cli_must(void *block_or_null);
/* The text of a file, or of standard input for "-". Returns an exit status; *ret_text is freed
 * with asl_free, `ret_len` may be NULL. */
int cli_read_file(const struct cli_args *args, const char *path, char **ret_text,
                  size_t *ret_len);
/* The JSON text that an option's value stands for: itself, @FILE or -. */
int cli_read_value(const struct cli_args *args, const char *value, char **ret_text,
                   size_t *ret_len);
/* Prints pretty JSON on stdout. Returns an exit status. */
int cli_print_json(const struct cli_args *args, const json_t *value);
/* " WORD" on stderr, quoted for a shell when needed. */
void cli_put_word(const char *word);
/* Member `key` of an object as text, NULL when it is missing or no string. Borrowed. */
const char *cli_text(const json_t *object, const char *key);
/* ISO 8601 in UTC of milliseconds since 1970; `buf` has CLI_TIME_LEN bytes; returns it. */
#define CLI_TIME_LEN 32
const char *cli_time_text(char *buf, int64_t ms);
/* The same of a member in epoch seconds; "-" when it is missing. */
const char *cli_time(char *buf, const json_t *object, const char *key);

/* table.c: rows of cells, printed in aligned columns on stdout. */
struct cli_table {
    size_t columns, count, room;
    char **cells; /* count of them, row after row; a NULL cell of the caller became "-" */
};
void cli_table_add(struct cli_table *table, ...); /* table->columns texts, copied */
void cli_table_print(const struct cli_table *table);
void cli_table_done(struct cli_table *table);
/* A new one-line text of at most `max` characters, cut with "..."; never NULL. */
char *cli_shorten(const char *text, size_t max);

/* definition.c: loads a definition file, JSON or YAML, with the -D given. CLI_USAGE with
 * *ret_diagnostics set: it is not valid; CLI_OK: they are warnings or NULL; other troubles have
 * been said. */
int cli_definition_load(const struct cli_args *args, const char *path,
                        asl_machine **ret_machine, asl_diagnostics **ret_diagnostics);
/* The same from a definition that was read, which may be NULL with `read_error` saying why. */
int cli_definition_make(const struct cli_args *args, const char *path,
                        asl_definition *take_definition, const asl_error *read_error,
                        const asl_machine_options *options, asl_machine **ret_machine,
                        asl_diagnostics **ret_diagnostics);
/* The values of -D, the last one first; values are borrowed. A usage error: CLI_USAGE. */
int cli_substitutions(const struct cli_args *args, asl_substitution **ret_list,
                      size_t *ret_count);
void cli_substitutions_free(asl_substitution *list);
/* Reads a definition file with these substitutions; NULL and *error, or *ret_status is not 0. */
asl_definition *cli_definition_read(const struct cli_args *args, const char *path,
                                    const asl_substitution *list, size_t count,
                                    int *ret_status, asl_error *error);
bool cli_has_errors(const asl_diagnostics *list);

/* template.c: a SAM or CloudFormation template, the one of --template. */
int cli_template_read(const struct cli_args *args, asl_stack **ret_stack);
/* The machine of --resource, or the only one; NULL: it was said why there is none. */
const asl_stack_machine *cli_template_machine(const struct cli_args *args,
                                              const asl_stack *stack);
/* As cli_definition_load. *ret_path is the file its lines are of, freed with asl_free. */
int cli_template_load(const struct cli_args *args, const asl_stack *stack,
                      const asl_stack_machine *which, char **ret_path,
                      asl_machine **ret_machine, asl_diagnostics **ret_diagnostics);

/* As if --table had been given for each table of the template; `args` is a copy of those given. */
void cli_template_tables(struct cli_args *args, const asl_stack *stack);
void cli_template_tables_done(struct cli_args *args, const struct cli_args *given);

/* diagnostics.c: how a file is named; "-": "<stdin>". */
const char *cli_shown_path(const char *path);
/* One line each; list may be NULL. */
void cli_diagnostics_print(FILE *out, const char *path, const asl_diagnostics *list);
/* ValidateStateMachineDefinition's response; `file` NULL: without it. New. */
json_t *cli_diagnostics_response(const char *file, const asl_diagnostics *list);
/* A SARIF log, and the results of one more file in it. New; exits when out of memory. */
json_t *cli_sarif(void);
void cli_sarif_add(json_t *sarif, const char *path, const asl_diagnostics *list);

/* progress.c: one line on stderr per event worth it. */
struct cli_failed {
    char execution[332]; /* 80 characters of UTF-8 and some room */
    int64_t id;
};
struct cli_progress {
    bool on;
    struct cli_failed
        failed[64]; /* a ring: an event that follows one of these is a retry */
    size_t next;
};
void cli_progress_event(struct cli_progress *progress, const asl_event *event);

/* session.c: a store with an engine and a host on it. Zero it, open it, close it always. */
struct cli_session {
    const struct cli_args *args;
    asl_store *store;
    asl_engine *engine;
    asl_host *host;
    struct cli_desk *desk; /* NULL: in memory, or for one act */
    struct cli_progress progress;
    json_t *
        waiting; /* object, its keys the ARNs whose end is waited for; NULL: no particular */
    json_t *express; /* array: the Express executions that ended, of those waited for; a
                        description each, since no store has one; NULL: none */
    int status;      /* of a queued call that was refused: cli_session_run returns it */
};

/* How to open one. */
enum cli_open {
    CLI_OPEN_RUN,    /* makes the store when it is missing; without --store in memory */
    CLI_OPEN_RESUME, /* an existing store only, with either kind of time */
    CLI_OPEN_ACT,    /* the same, for one act: no threads, no progress */
};
int cli_session_open(struct cli_session *session, const struct cli_args *args,
                     enum cli_open how);
void cli_session_close(struct cli_session *session);
/* Gives its engine what the options say: objects, plug-ins and, with `workers`, who else does tasks. */
int cli_session_equip(struct cli_session *session, bool workers);
/* Is it the ARN of an Express execution? */
bool cli_is_express(const char *arn);
/* Of an execution that no store has, as much of DescribeExecution as is reported. New. */
json_t *cli_description(const asl_result *result);
/* One more execution to wait for. */
void cli_session_wait_for(struct cli_session *session, const char *arn);
/* Runs until then, until all that is waited for has ended, a call was refused or a signal came.
 * Returns an exit status: trouble, not how executions stand. */
int cli_session_run(struct cli_session *session, enum asl_run_until until);
/* Says that a queued call was refused and ends the run with that status. */
void cli_session_refused(struct cli_session *session, const char *subject, int code,
                         const char *text);
/* Whether a signal asked to end. */
bool cli_interrupted(void);
/* Opens the store of --store beside a running engine. */
int cli_store_read(const struct cli_args *args, asl_store **ret_store);

/* upkeep.c: opens the store of --store to write, without an engine. */
int cli_store_write(const struct cli_args *args, bool create, asl_store **ret_store);
/* The moment that an option's age (30d) or date stands for. */
int cli_moment(const struct cli_args *args, enum cli_option option, int64_t *ret_ms);
/* Prunes as --retention says, if given. */
int cli_retain(const struct cli_args *args, asl_store *store);

/* serve.c: adds what does tasks by --exec, --activity and --machine-file. */
int cli_serve(struct cli_session *session);
/* Lets a command do the tasks of an activity. */
int cli_serve_activity(struct cli_session *session, const char *activity,
                       char *const *argv);

/* http.c: lets services at URLs do tasks, as the options say. */
int cli_http(struct cli_session *session);
/* And as the environment of Step Functions Local says (LAMBDA_ENDPOINT, ...), where no option does. */
int cli_http_environment(struct cli_session *session);

/* dynamodb.c: the tables of STORE/tables and of --table, or in memory without a store. *ret_tables
 * is untouched when there are none. */
int cli_tables_open(const struct cli_args *args, bool read_only,
                    asl_dynamodb **ret_tables);
/* Lets tasks use them. */
int cli_serve_tables(struct cli_session *session);

/* cmd_resume.c: runs until the executions named (count 0: all) have ended or only answers from
 * outside can help, and reports them. Returns an exit status. */
int cli_resume_some(struct cli_session *session, char *const *names, int count);

/* report.c: how executions stand. The exit status for an execution of this status. */
int cli_status_exit(const char *status);
/* The worse of two such exit statuses. */
int cli_worse(int a, int b);
/* Output on stdout, or on stderr why there is none. Returns an exit status. */
int cli_report(struct cli_session *session, const json_t *description);
/* What a running execution waits for, with the commands that answer, on stderr. */
int cli_report_waiting(struct cli_session *session, const json_t *description);
/* The command that resumes `execution` (NULL: all that run), on stderr; there is a store. */
void cli_report_resume(struct cli_session *session, const char *execution);

#endif
