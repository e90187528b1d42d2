/* SPDX-License-Identifier: Apache-2.0
 *
 * The clients: they ask one thing, print what they are told, and wait no longer than they say.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "examples/apartment_booking/booking_client.h"
#include "examples/apartment_booking/booking_wire.h"

static int trouble(const asl_error *error)
{
    fprintf(stderr, "booking: %s\n", error->text);
    return BOOKING_TROUBLE;
}

static int call(const struct booking_args *args, struct wire *wire)
{
    asl_error error = {0};
    int rc = wire_connect(args->dir, args->timeout_ms, wire, &error);
    return rc ? trouble(&error) : BOOKING_OK;
}

/* Asks, and gives the answer, the caller's, whatever it says. */
static int ask(const struct booking_args *args, struct wire *wire, json_t *take_request,
               json_t **ret_answer)
{
    asl_error error = {0};
    int rc = wire_put(wire, take_request);
    if (rc != 0)
        asl_error_set(&error, ASL_ELIMIT,
                      "this cannot be asked: it is too long, or no UTF-8");
    else
        rc = wire_await(wire, args->timeout_ms, ret_answer, &error);
    return rc ? trouble(&error) : BOOKING_OK;
}

static const char *text_of(const json_t *line, const char *member)
{
    const char *text = json_string_value(json_object_get(line, member));
    return text ? text : "";
}

static int is_ok(const json_t *line)
{
    return json_is_true(json_object_get(line, "ok"));
}

static int print_answer(const char *about, const json_t *line)
{
    const char *text = text_of(line, "text"), *booking = text_of(line, "booking");
    FILE *out = is_ok(line) ? stdout : stderr;
    fprintf(out, "%s: %s%s%s", about, text_of(line, "answer"), *text ? ": " : "", text);
    if (*booking)
        fprintf(out, ", booking %s: pay within %lld s", booking,
                (long long)json_integer_value(json_object_get(line, "window")));
    fputc('\n', out);
    return is_ok(line) ? BOOKING_OK : BOOKING_NO;
}

int booking_ask(const struct booking_args *args)
{
    struct wire wire;
    int status = call(args, &wire), worst = status;
    if (status)
        return status;
    for (char **name = args->names; *name && status != BOOKING_TROUBLE; name++) {
        json_t *line = NULL;
        status = ask(args, &wire,
                     json_pack("{s:s, s:s, s:s}", "ask", args->command, "apartment",
                               *name, "guest", args->guest),
                     &line);
        if (status == BOOKING_OK)
            status = print_answer(*name, line);
        json_decref(line);
        worst = status > worst ? status : worst;
    }
    wire_close(&wire);
    return worst;
}

/* *ret_last: the page's last apartment, borrowed from it; NULL when no page follows. */
static int print_page(const json_t *page, const char **ret_last)
{
    size_t i;
    json_t *row, *rows = json_object_get(page, "apartments");
    *ret_last = NULL;
    if (!is_ok(page))
        return print_answer("list", page);
    json_array_foreach(rows, i, row)
    {
        const char *id = text_of(row, "apartment");
        printf("%-12s %-10s %s\n", id, text_of(row, "status"), text_of(row, "booking"));
        if (json_is_true(json_object_get(page, "more")))
            *ret_last = id;
    }
    return BOOKING_OK;
}

int booking_list(const struct booking_args *args)
{
    struct wire wire;
    json_t *page = NULL;
    const char *last = "";
    int status = call(args, &wire);
    if (status)
        return status;
    while (last && status == BOOKING_OK) {
        json_t *next = NULL;
        status = ask(args, &wire, json_pack("{s:s, s:s}", "ask", "list", "after", last),
                     &next);
        json_decref(page);
        page = next;
        if (status == BOOKING_OK)
            status = print_page(page, &last);
    }
    json_decref(page);
    wire_close(&wire);
    return status;
}

static void print_time(json_int_t ms)
{
    char text[32];
    struct tm tm;
    time_t seconds = (time_t)(ms / 1000);
    if (gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm))
        printf("%s.%03dZ ", text, (int)(ms % 1000));
}

static void print_event(const json_t *line)
{
    const char *state = text_of(line, "state"), *error = text_of(line, "error");
    print_time(json_integer_value(json_object_get(line, "time")));
    if (*state)
        printf("%s entered %s\n", text_of(line, "booking"), state);
    else
        printf("%s %s%s%s\n", text_of(line, "booking"), text_of(line, "end"),
               *error ? ": " : "", error);
}

/* Prints events until the line that ends them, an answer. */
static int follow(struct wire *wire, json_t **ret_answer)
{
    json_t *line;
    asl_error error = {0};
    int rc;
    while ((rc = wire_await(wire, -1, &line, &error)) == 0) {
        if (json_object_get(line, "ok")) {
            *ret_answer = line;
            return BOOKING_OK;
        }
        print_event(line);
        json_decref(line);
    }
    return trouble(&error);
}

/* Until the booking has ended, or for ever. */
int booking_watch(const struct booking_args *args)
{
    struct wire wire;
    json_t *line = NULL;
    const char *name = args->names[0];
    int status = call(args, &wire);
    if (status)
        return status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    status = ask(args, &wire, json_pack("{s:s, s:s*}", "ask", "watch", "booking", name),
                 &line);
    if (status == BOOKING_OK && strcmp(text_of(line, "answer"), "watching") == 0) {
        json_decref(line);
        line = NULL;
        status = follow(&wire, &line);
    }
    if (status == BOOKING_OK && (!is_ok(line) || *text_of(line, "text")))
        status = print_answer(name ? name : "watch", line);
    json_decref(line);
    wire_close(&wire);
    return status;
}
