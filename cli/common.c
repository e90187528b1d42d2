/* SPDX-License-Identifier: Apache-2.0
 *
 * Small helpers of all subcommands: messages, reading files and values, JSON and times as text.
 *
 * Messages are one line, "asl COMMAND: text", on stderr.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/json.h"

static void say(const struct cli_args *args, const char *format, va_list values)
{
    fprintf(stderr, "asl %s: ", args->command->name);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
}

void cli_say(const struct cli_args *args, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say(args, format, values);
    va_end(values);
}

int cli_usage(const struct cli_args *args, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say(args, format, values);
    va_end(values);
    fprintf(stderr, "Try 'asl %s --help'.\n", args->command->name);
    return CLI_USAGE;
}

static int exit_of(int code)
{
    switch (code) {
    case ASL_OK:
        return CLI_OK;
    case ASL_EINVAL:
    case ASL_EJSON:
    case ASL_EDEFINITION:
    case ASL_ENOTFOUND:
    case ASL_EEXISTS:
    case ASL_ELIMIT:
    case ASL_EHANDLER:
    case ASL_ETOKEN:
    case ASL_EENDED:
    case ASL_EREDRIVE:
        return CLI_USAGE;
    default:
        return CLI_TROUBLE;
    }
}

int cli_fail(const struct cli_args *args, const char *subject, const asl_error *error)
{
    const char *text = error->text[0] ? error->text : asl_code_text(error->code);
    char place[64] = "";
    if (error->line > 0)
        snprintf(place, sizeof place, " (line %d, column %d)", error->line,
                 error->column);
    if (!subject || strstr(text, subject))
        cli_say(args, "%s%s", text, place);
    else
        cli_say(args, "%s: %s%s", subject, text, place);
    return exit_of(error->code);
}

void *cli_must(void *block_or_null)
{
    if (!block_or_null) {
        fputs("asl: out of memory\n", stderr);
        exit(CLI_TROUBLE);
    }
    return block_or_null;
}

static bool read_stream(FILE *in, struct asli_bytes *bytes)
{
    char part[65536];
    size_t len;
    while ((len = fread(part, 1, sizeof part, in)) > 0)
        asli_bytes_add(bytes, part, len);
    return !ferror(in);
}

int cli_read_file(const struct cli_args *args, const char *path, char **ret_text,
                  size_t *ret_len)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *in = standard ? stdin : fopen(path, "re");
    struct asli_bytes bytes = {0};
    if (!in || !read_stream(in, &bytes)) {
        cli_say(args, "cannot read %s: %s", standard ? "standard input" : path,
                strerror(errno));
        if (in && !standard)
            fclose(in);
        asli_bytes_done(&bytes);
        return CLI_USAGE;
    }
    if (!standard)
        fclose(in);
    size_t len = bytes.len;
    *ret_text = cli_must(asli_bytes_take_text(&bytes));
    if (ret_len)
        *ret_len = len;
    return CLI_OK;
}

int cli_read_value(const struct cli_args *args, const char *value, char **ret_text,
                   size_t *ret_len)
{
    if (strcmp(value, "-") == 0)
        return cli_read_file(args, value, ret_text, ret_len);
    if (value[0] == '@')
        return cli_read_file(args, value + 1, ret_text, ret_len);
    *ret_text = cli_must(asli_strdup(value));
    *ret_len = strlen(value);
    return CLI_OK;
}

int cli_print_json(const struct cli_args *args, const json_t *value)
{
    asl_error error = {0};
    struct asli_bytes bytes = {0};
    int rc = asli_json_write_pretty(value, &bytes, &error);
    if (rc == 0 && bytes.oom)
        rc = asl_error_set(&error, ASL_ENOMEM, "out of memory");
    if (rc == 0) {
        fwrite(bytes.data, 1, bytes.len, stdout);
        if (bytes.len == 0 || bytes.data[bytes.len - 1] != '\n')
            putchar('\n');
    }
    asli_bytes_done(&bytes);
    return rc == 0 ? CLI_OK : cli_fail(args, NULL, &error);
}

void cli_put_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_@%+=:,./-";
    if (word[0] && strspn(word, plain) == strlen(word)) {
        fprintf(stderr, " %s", word);
        return;
    }
    fputs(" '", stderr);
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, 0}, stderr);
    fputc('\'', stderr);
}

const char *cli_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

const char *cli_time_text(char *buf, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm))
        return "?";
    size_t len = strftime(buf, CLI_TIME_LEN, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(buf + len, CLI_TIME_LEN - len, ".%03dZ", (int)(ms % 1000));
    return buf;
}

const char *cli_time(char *buf, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value ? cli_time_text(buf, llround(json_number_value(value) * 1000)) : "-";
}
