/* SPDX-License-Identifier: Apache-2.0
 *
 * What each request means. A request is {"ask": WORD, ...}, its answer {"ok": BOOL, "answer": WORD,
 * "text": SENTENCE, ...}. All of this runs on the engine's thread, hooks included.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examples/apartment_booking/booking_desk.h"
#include "examples/apartment_booking/booking_handlers.h"

static const char definition[] =
#include <booking_definition.inc>
    ;

/* The state that is entered when the apartment is reserved. */
static const char reserved_state[] = "Wait for Payment";

enum { PAGE_BYTES = WIRE_LINE / 2 };

static const char *const words[] = {
    [APARTMENT_OK] = "done",       [APARTMENT_UNKNOWN] = "unknown",
    [APARTMENT_TAKEN] = "taken",   [APARTMENT_PAID] = "paid",
    [APARTMENT_VACANT] = "vacant", [APARTMENT_TROUBLE] = "trouble",
};

/* ------------------------------------------------------------------ answers */

static void tell(struct peer *peer, json_t *take_line)
{
    if (wire_put(&peer->wire, take_line) != 0)
        peer->broken = 1; /* it does not read what it asked for */
}

static void answer(struct peer *peer, int ok, const char *word, const char *text)
{
    peer->state = PEER_IDLE;
    tell(peer, json_pack("{s:b, s:s, s:s}", "ok", ok, "answer", word, "text", text));
}

static void answer_end(struct peer *peer, enum apartment_end end, const char *done)
{
    int ok = end == APARTMENT_OK;
    answer(peer, ok, ok ? done : words[end], ok ? "" : apartment_cause(end));
}

void desk_refuse(struct peer *peer, const char *why)
{
    answer(peer, 0, "refused", why);
}

/* A text of the request that may be shown on a terminal; NULL, and the peer was told. */
static const char *name_in(struct peer *peer, const json_t *request, const char *member)
{
    const char *name = json_string_value(json_object_get(request, member));
    size_t len = name ? strlen(name) : 0;
    int good = len >= 1 && len <= DESK_NAME;
    for (size_t i = 0; good && i < len; i++)
        good = (unsigned char)name[i] >= ' ' && name[i] != 0x7f;
    if (good)
        return name;
    desk_refuse(peer, "a name has 1 to 64 bytes and no control characters");
    return NULL;
}

static const char *name_of(const char *arn)
{
    const char *colon = strrchr(arn, ':');
    return colon ? colon + 1 : arn;
}

/* ------------------------------------------------------------------ what happens */

static int is_end(const char *type)
{
    return strncmp(type, "Execution", 9) == 0 && strcmp(type, "ExecutionStarted") != 0;
}

static int enters_state(const char *type)
{
    static const char end[] = "StateEntered";
    size_t len = strlen(type);
    return len >= sizeof end && strcmp(type + len + 1 - sizeof end, end) == 0;
}

/* The reservation failed: for a reason that the table gave, or for another one. */
static void answer_failure(struct peer *peer, const asl_event *event)
{
    const char *error = asl_event_error(event), *cause = asl_event_cause(event);
    for (int end = APARTMENT_UNKNOWN; error && end <= APARTMENT_TROUBLE; end++)
        if (strcmp(error, apartment_error(end)) == 0) {
            answer_end(peer, end, "");
            return;
        }
    answer(peer, 0, "trouble", cause ? cause : error ? error : asl_event_type(event));
}

static void decide(const struct desk *desk, struct peer *peer, const asl_event *event)
{
    const char *state = asl_event_state_name(event);
    if (is_end(asl_event_type(event))) {
        answer_failure(peer, event);
    } else if (enters_state(asl_event_type(event)) &&
               strcmp(state, reserved_state) == 0) {
        peer->state = PEER_IDLE;
        tell(peer,
             json_pack("{s:b, s:s, s:s, s:s, s:I}", "ok", 1, "answer", "reserved", "text",
                       "", "booking", peer->booking, "window", (json_int_t)desk->window));
    }
}

static void report(struct peer *peer, const asl_event *event)
{
    const char *type = asl_event_type(event), *error = asl_event_error(event);
    const char *name = asl_event_execution(event);
    json_int_t time = asl_event_time(event);
    if (enters_state(type))
        tell(peer, json_pack("{s:s, s:I, s:s}", "booking", name, "time", time, "state",
                             asl_event_state_name(event)));
    if (!is_end(type))
        return;
    tell(peer, json_pack("{s:s, s:I, s:s, s:s*}", "booking", name, "time", time, "end",
                         type + strlen("Execution"), "error", error));
    if (peer->booking[0])
        answer(peer, 1, "ended", "");
}

static void on_event(void *arg, const asl_event *event)
{
    const struct desk *desk = arg;
    const char *name = asl_event_execution(event);
    for (int i = 0; i < DESK_PEERS; i++) {
        struct peer *peer = desk->peers[i];
        if (!peer || peer->broken || peer->state == PEER_IDLE)
            continue;
        int same = strcmp(peer->booking, name) == 0;
        if (peer->state == PEER_RESERVING && same)
            decide(desk, peer, event);
        else if (peer->state == PEER_WATCHING && (same || !peer->booking[0]))
            report(peer, event);
    }
}

static void on_log(void *arg, int level, const char *text)
{
    (void)arg;
    if (level <= 2)
        fprintf(stderr, "booking run: %s\n", text);
}

/* ------------------------------------------------------------------ requests */

typedef void serve_fn(struct desk *desk, struct peer *peer, const json_t *request);

static void serve_add(struct desk *desk, struct peer *peer, const json_t *request)
{
    const char *id = name_in(peer, request, "apartment");
    if (id)
        answer_end(peer, apartments_add(desk->table, id), "added");
}

static void serve_pay(struct desk *desk, struct peer *peer, const json_t *request)
{
    const char *id = name_in(peer, request, "apartment");
    if (id)
        answer_end(peer, apartments_pay(desk->table, id, NULL), "paid");
}

static void on_started(void *arg, int code, const char *arn)
{
    struct peer *peer = arg;
    (void)arn;
    peer->starting = 0;
    if (code)
        answer(peer, 0, "trouble", asl_code_text(code));
}

static int start(struct desk *desk, struct peer *peer, json_t *take_input,
                 asl_error *reterr)
{
    asl_start_options options = {
        .size = sizeof options, .arg = peer, .started = on_started};
    char *arn = NULL, *text = take_input ? json_dumps(take_input, JSON_COMPACT) : NULL;
    json_decref(take_input);
    if (!text)
        return asl_error_set(reterr, ASL_ENOMEM, "%s", asl_code_text(ASL_ENOMEM));
    int rc = asl_start(desk->engine, desk->machine, text, -1, &options, &arn, reterr);
    free(text);
    if (rc)
        return rc;
    peer->starting = 1;
    peer->state = PEER_RESERVING;
    snprintf(peer->booking, sizeof peer->booking, "%s", name_of(arn));
    asl_free(arn);
    return 0;
}

static void serve_reserve(struct desk *desk, struct peer *peer, const json_t *request)
{
    asl_error error = {0};
    const char *id = name_in(peer, request, "apartment");
    const char *guest = id ? name_in(peer, request, "guest") : NULL;
    if (guest && start(desk, peer,
                       json_pack("{s:s, s:s, s:I}", "apartment", id, "guest", guest,
                                 "paymentWindowSeconds", (json_int_t)desk->window),
                       &error))
        answer(peer, 0, "trouble", error.text);
}

struct page {
    json_t *rows;
    size_t bytes;
    int more, failed;
};

/* As many rows as surely fit into a line: a byte may need six, as \u0000. */
static int add_row(void *arg, const char *id, const apartment *row)
{
    struct page *page = arg;
    const char *booking = name_of(row->holder);
    page->bytes += 64 + 6 * (strlen(id) + strlen(row->status) + strlen(booking));
    page->more = page->bytes > PAGE_BYTES;
    if (page->more)
        return 1;
    json_t *value = json_pack("{s:s, s:s, s:s}", "apartment", id, "status", row->status,
                              "booking", booking);
    page->failed = !value || json_array_append_new(page->rows, value) != 0;
    return page->failed;
}

/* A page, from behind the apartment `after`: the client asks for the next one. */
static void serve_list(struct desk *desk, struct peer *peer, const json_t *request)
{
    const char *after = json_string_value(json_object_get(request, "after"));
    struct page page = {.rows = json_array()};
    enum apartment_end end = APARTMENT_TROUBLE;
    if (page.rows)
        end = apartments_each(desk->table, after ? after : "", add_row, &page);
    if (end == APARTMENT_OK && !page.failed)
        tell(peer, json_pack("{s:b, s:s, s:s, s:O, s:b}", "ok", 1, "answer", "listed",
                             "text", "", "apartments", page.rows, "more", page.more));
    else
        answer_end(peer, APARTMENT_TROUBLE, "");
    json_decref(page.rows);
}

/* Watches one booking to its end, which may be past, or all that happens from now on. */
static void serve_watch(struct desk *desk, struct peer *peer, const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "booking"));
    const char *status = asl_status_name(ASL_RUNNING);
    json_t *there = NULL;
    asl_error error = {0};
    int rc = name ? asl_describe(desk->store, name, &there, &error) : 0;
    if (rc == ASL_ENOTFOUND) {
        answer(peer, 0, "unknown", "there is no such booking");
    } else if (rc) {
        answer(peer, 0, "trouble", error.text);
    } else {
        if (there)
            status = json_string_value(json_object_get(there, "status"));
        int runs = strcmp(status, asl_status_name(ASL_RUNNING)) == 0;
        answer(peer, 1, runs ? "watching" : "ended", runs ? "" : status);
        peer->state = runs ? PEER_WATCHING : PEER_IDLE;
        snprintf(peer->booking, sizeof peer->booking, "%s", name ? name_of(name) : "");
    }
    json_decref(there);
}

static const struct {
    const char *word;
    serve_fn *serve;
} requests[] = {
    {"add", serve_add},   {"reserve", serve_reserve}, {"pay", serve_pay},
    {"list", serve_list}, {"watch", serve_watch},
};

void desk_serve(struct desk *desk, struct peer *peer, const json_t *request)
{
    const char *word = json_string_value(json_object_get(request, "ask"));
    for (size_t i = 0; word && i < sizeof requests / sizeof *requests; i++)
        if (strcmp(word, requests[i].word) == 0) {
            requests[i].serve(desk, peer, request);
            return;
        }
    desk_refuse(peer, "a request is {\"ask\": \"add\", \"reserve\", \"pay\", \"list\" or "
                      "\"watch\", ...}");
}

/* ------------------------------------------------------------------ its life */

static int open_table(struct desk *desk, const char *dir, asl_error *reterr)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/apartments", dir);
    if (len > 0 && (size_t)len < sizeof path)
        desk->table = apartments_open(path);
    return desk->table ? 0
                       : asl_error_set(reterr, ASL_ESYSTEM,
                                       "cannot open the table in %s/apartments", dir);
}

int desk_open(struct desk *desk, const char *dir, const asl_host_options *host,
              asl_error *reterr)
{
    asl_lmdb_options lmdb = {.size = sizeof lmdb, .create = 1};
    asl_machine_options machine = {.size = sizeof machine, .name = "booking"};
    asl_options options = {
        .size = sizeof options, .arg = desk, .event = on_event, .log = on_log};
    int rc = asl_store_lmdb(dir, &lmdb, &desk->store, reterr);
    if (!rc)
        rc = open_table(desk, dir, reterr);
    options.store = desk->store;
    if (!rc)
        rc = asl_engine_open(&options, &desk->engine, reterr);
    if (!rc)
        rc = booking_register(desk->engine, desk->table, reterr);
    if (!rc)
        rc = asl_host_new(desk->engine, host, &desk->host, reterr);
    if (!rc)
        rc = asl_machine_load(definition, -1, &machine, &desk->machine, NULL, reterr);
    return rc;
}

void desk_end(struct desk *desk)
{
    asl_host_free(desk->host);
    asl_engine_close(desk->engine);
    desk->host = NULL;
    desk->engine = NULL;
    for (int i = 0; i < DESK_PEERS; i++)
        if (desk->peers[i] && desk->peers[i]->state == PEER_RESERVING)
            answer(desk->peers[i], 0, "trouble",
                   "booking run ends before it is decided; it will be, when that runs "
                   "again: see list");
}

void desk_close(struct desk *desk)
{
    desk_end(desk);
    asl_machine_unref(desk->machine);
    asl_store_free(desk->store);
    apartments_close(desk->table);
}
