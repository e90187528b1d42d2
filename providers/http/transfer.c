/* SPDX-License-Identifier: Apache-2.0
 *
 * See transfer.h. All of libcurl is here.
 */
#include "providers/http/transfer.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"

struct asli_transfers {
    struct asli_transfers_options options;
    CURLM *multi;
    pthread_mutex_t lock; /* of both lists and `closing` */
    struct asli_transfer *waiting, **waiting_tail;
    struct asli_transfer *running; /* the thread's, but for a look */
    bool closing;
    unsigned running_count; /* the thread's */
    bool started;           /* the engine's thread's */
    pthread_t thread;
};

/* ---- one transfer ---- */

struct asli_transfer *asli_transfer_new(asl_task *task)
{
    struct asli_transfer *t = asli_alloc(sizeof *t);
    if (!t)
        return NULL;
    t->task = asl_task_ref(task);
    t->headers = json_object();
    t->answered = json_object();
    if (t->headers && t->answered)
        return t;
    asli_transfer_free(t);
    return NULL;
}

static void drop_json(struct asli_transfer *t)
{
    json_decref(t->headers);
    json_decref(t->answered);
    t->headers = t->answered = NULL;
}

void asli_transfer_free(struct asli_transfer *transfer)
{
    if (!transfer)
        return;
    drop_json(transfer);
    asl_task_unref(transfer->task);
    curl_slist_free_all(transfer->lines);
    asli_free(transfer->url);
    asli_bytes_done(&transfer->body);
    asli_free(transfer->sign);
    asli_free(transfer->trouble);
    asli_free(transfer->reason);
    asli_bytes_done(&transfer->response);
    asli_free(transfer);
}

int asli_transfer_header(struct asli_transfer *transfer, const char *name,
                         const char *value, asl_error *reterr)
{
    return json_object_set_new(transfer->headers, name, json_string(value))
               ? asli_oom(reterr)
               : 0;
}

/* ---- what comes ---- */

static size_t refuse(struct asli_transfer *t, enum asli_transfer_code code)
{
    t->code = code;
    return 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct asli_transfer *t = arg;
    size_t len = size * count;
    if (len > t->max_response - t->response.len)
        return refuse(t, ASLI_TRANSFER_TOO_LARGE);
    asli_bytes_add(&t->response, data, len);
    return t->response.oom ? refuse(t, ASLI_TRANSFER_NO_MEMORY) : len;
}

/* "HTTP/1.1 404 Not Found": a response begins, perhaps after one that was none (100 Continue). */
static int begin_response(struct asli_transfer *t, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    const char *reason =
        space ? memchr(space + 1, ' ', len - (size_t)(space + 1 - line)) : NULL;
    reason = reason ? reason + 1 : line + len;
    asli_free(t->reason);
    t->reason = asli_strndup(reason, (size_t)(line + len - reason));
    return t->reason ? json_object_clear(t->answered) : -1;
}

static json_t *values_of(json_t *headers, const char *name)
{
    const char *key;
    json_t *values;
    json_object_foreach(headers, key, values)
    {
        if (strcasecmp(key, name) == 0)
            return values;
    }
    values = json_array();
    return json_object_set_new(headers, name, values) == 0 ? values : NULL;
}

static int add_header(struct asli_transfer *t, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    if (!colon || asli_utf8_check(line, line + len)) /* cannot be told in JSON */
        return 0;
    const char *value = colon + 1, *end = line + len;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    ASLI_AUTO(text) char *name = asli_strndup(line, (size_t)(colon - line));
    json_t *values = name ? values_of(t->answered, name) : NULL;
    return values
               ? json_array_append_new(values, json_stringn(value, (size_t)(end - value)))
               : -1;
}

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
    struct asli_transfer *t = arg;
    size_t len = size * count, text = len;
    while (text && strchr("\r\n \t", data[text - 1]))
        text--;
    int failed = text > 5 && strncmp(data, "HTTP/", 5) == 0
                     ? begin_response(t, data, text)
                     : add_header(t, data, text);
    return failed ? refuse(t, ASLI_TRANSFER_NO_MEMORY) : len;
}

/* ---- what is sent ---- */

static bool add_line(struct asli_transfer *t, const char *name, const json_t *value)
{
    const char *text = json_string_value(value);
    ASLI_AUTO(text)
    char *line =
        asli_printf(text && *text ? "%s: %s" : "%s;", name, text); /* libcurl's */
    struct curl_slist *lines = line ? curl_slist_append(t->lines, line) : NULL;
    if (lines)
        t->lines = lines;
    return lines != NULL;
}

static bool add_lines(struct asli_transfer *t)
{
    struct curl_slist *lines =
        curl_slist_append(NULL, "Expect:"); /* never wait for leave */
    const char *name;
    json_t *value, *one;
    size_t i;
    bool ok = lines != NULL;
    t->lines = lines;
    json_object_foreach(t->headers, name, value)
    {
        if (json_is_string(value))
            ok = ok && add_line(t, name, value);
        json_array_foreach(value, i, one)
        {
            ok = ok && add_line(t, name, one);
        }
    }
    return ok;
}

static void set_method(CURL *easy, struct asli_transfer *t)
{
    if (strcmp(t->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (t->has_body || strcmp(t->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body.len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body.len ? t->body.data : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, t->method);
}

/* Commands that are started meanwhile are not to have it. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    (void)arg;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_limits(CURL *easy, const struct asli_transfers *all,
                       const struct asli_transfer *t)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never wait for a resolver */
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)all->options.connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, t->timeout_ms);
}

/* False: it could not be made. */
static bool prepare(const struct asli_transfers *all, struct asli_transfer *t)
{
    CURL *easy = t->easy = curl_easy_init();
    if (!easy || !add_lines(t) || curl_easy_setopt(easy, CURLOPT_URL, t->url) ||
        (t->sign &&
         (curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, t->sign) ||
          curl_easy_setopt(easy, CURLOPT_USERPWD, all->options.credentials))) ||
        (all->options.ca_file &&
         curl_easy_setopt(easy, CURLOPT_CAINFO, all->options.ca_file)))
        return false;
    set_method(easy, t);
    set_limits(easy, all, t);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->lines);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->words);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    return curl_multi_add_handle(all->multi, easy) == CURLM_OK;
}

/* ---- how it ended ---- */

/* As Java says it, where it does. */
static char *trouble_of(const struct asli_transfer *t, CURLcode code)
{
    CURL *easy = t->easy;
    long system = 0;
    curl_off_t connected = 0;
    char *url = NULL;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &system);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
    const char *host = url ? strstr(url, "://") : NULL;
    host = host ? host + 3 : "";
    int len = (int)strcspn(host, "/?#");
    if (code == CURLE_COULDNT_RESOLVE_HOST)
        return asli_printf("%.*s: Name or service not known", (int)strcspn(host, ":/?#"),
                           host);
    if (code == CURLE_COULDNT_CONNECT)
        return asli_printf("Connect to %.*s failed: %s", len, host,
                           system ? strerror((int)system) : curl_easy_strerror(code));
    if (code == CURLE_OPERATION_TIMEDOUT && !connected)
        return asli_printf("Connect to %.*s failed: connect timed out", len, host);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return asli_strdup("Read timed out");
    return asli_strdup(*t->words ? t->words : curl_easy_strerror(code));
}

static void judge(struct asli_transfer *t, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->status = (int)status;
    if (code == CURLE_OK || t->code)
        return;
    t->code = code == CURLE_OPERATION_TIMEDOUT ? ASLI_TRANSFER_TIMED_OUT
              : code == CURLE_OUT_OF_MEMORY    ? ASLI_TRANSFER_NO_MEMORY
                                               : ASLI_TRANSFER_NOT_SENT;
    t->trouble = trouble_of(t, code);
    if (!t->trouble)
        t->code = ASLI_TRANSFER_NO_MEMORY;
}

static int give(asl_task *task, json_t *take_output)
{
    if (asl_resource_pattern(asl_task_resource_info(task)) == ASL_PATTERN_TOKEN)
        return asl_task_submitted(task, take_output, NULL);
    return asl_task_succeed(task, take_output, NULL);
}

static int complete(struct asli_transfer *t)
{
    int rc = t->code == ASLI_TRANSFER_NO_MEMORY ? ASL_ENOMEM : t->finish(t, NULL);
    json_t *output = t->output;
    t->output = NULL;
    drop_json(t);
    return output ? give(t->task, output) : rc;
}

/* Completes its task unless nobody waits any more. */
static void end(struct asli_transfer *t)
{
    if (!atomic_load(&t->cancelled))
        asl_task_returned(t->task, complete(t));
    if (!atomic_exchange(&t->cancelled, true))
        asl_task_busy(t->task, -1);
    asli_transfer_free(t);
}

/* ---- the thread ---- */

static void begin(struct asli_transfers *all, struct asli_transfer *t)
{
    if (!prepare(all, t)) {
        if (t->easy)
            curl_easy_cleanup(t->easy);
        t->code = ASLI_TRANSFER_NO_MEMORY;
        end(t);
        return;
    }
    pthread_mutex_lock(&all->lock);
    t->next = all->running;
    all->running = t;
    pthread_mutex_unlock(&all->lock);
    all->running_count++;
}

/* Takes one that runs out of libcurl and off its list. */
static void stop(struct asli_transfers *all, struct asli_transfer *t)
{
    struct asli_transfer **at = &all->running;
    while (*at != t)
        at = &(*at)->next;
    pthread_mutex_lock(&all->lock);
    *at = t->next;
    pthread_mutex_unlock(&all->lock);
    curl_multi_remove_handle(all->multi, t->easy);
    curl_easy_cleanup(t->easy);
    all->running_count--;
}

static void end_cancelled(struct asli_transfers *all)
{
    for (struct asli_transfer *t = all->running, *next; t; t = next) {
        next = t->next;
        if (atomic_load(&t->cancelled)) {
            stop(all, t);
            end(t);
        }
    }
}

static struct asli_transfer *take_waiting(struct asli_transfers *all)
{
    pthread_mutex_lock(&all->lock);
    struct asli_transfer *t = all->waiting;
    if (t)
        all->waiting = t->next;
    if (!all->waiting)
        all->waiting_tail = &all->waiting;
    pthread_mutex_unlock(&all->lock);
    return t;
}

/* Starts those whose turn it is; cancelled ones take no place. */
static void begin_waiting(struct asli_transfers *all)
{
    struct asli_transfer *t;
    while (all->running_count < all->options.max_running && (t = take_waiting(all))) {
        if (atomic_load(&t->cancelled))
            end(t);
        else
            begin(all, t);
    }
}

static void end_done(struct asli_transfers *all)
{
    const CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(all->multi, &left))) {
        struct asli_transfer *t = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
        judge(t, message->data.result);
        stop(all, t);
        end(t);
    }
}

static void cancel(struct asli_transfer *t)
{
    if (!atomic_exchange(&t->cancelled, true))
        asl_task_busy(t->task, -1);
}

/* Cancels everything when it is time to end. */
static bool is_closing(struct asli_transfers *all)
{
    pthread_mutex_lock(&all->lock);
    bool closing = all->closing;
    for (struct asli_transfer *t = all->running; closing && t; t = t->next)
        cancel(t);
    for (struct asli_transfer *t = all->waiting; closing && t; t = t->next)
        cancel(t);
    pthread_mutex_unlock(&all->lock);
    return closing;
}

static void *work(void *arg)
{
    struct asli_transfers *all = arg;
    for (;;) {
        int running;
        bool closing = is_closing(all);
        end_cancelled(all);
        begin_waiting(all);
        if (closing)
            return NULL;
        unsigned before = all->running_count;
        curl_multi_perform(all->multi, &running);
        end_done(all);
        if (all->running_count == before) /* else another may have its turn */
            curl_multi_poll(all->multi, NULL, 0, 60000, NULL);
    }
}

/* With every signal blocked: they are for the program. */
static int start_thread(struct asli_transfers *all, asl_error *reterr)
{
    sigset_t every, old;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &old);
    int failed = pthread_create(&all->thread, NULL, work, all);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed)
        return asl_error_set(reterr, ASL_ESYSTEM, "no thread for HTTP: %s",
                             strerror(failed));
    all->started = true;
    return 0;
}

/* ---- on the engine's thread ---- */

int asli_transfers_add(struct asli_transfers *transfers,
                       struct asli_transfer *take_transfer, asl_error *reterr)
{
    int rc = transfers->started ? 0 : start_thread(transfers, reterr);
    if (rc) {
        asli_transfer_free(take_transfer);
        return rc;
    }
    take_transfer->max_response = transfers->options.max_response;
    asl_task_busy(take_transfer->task, 1);
    pthread_mutex_lock(&transfers->lock);
    *transfers->waiting_tail = take_transfer;
    transfers->waiting_tail = &take_transfer->next;
    pthread_mutex_unlock(&transfers->lock);
    curl_multi_wakeup(transfers->multi);
    return 0;
}

static struct asli_transfer *find(struct asli_transfer *list, const asl_task *task)
{
    while (list && list->task != task)
        list = list->next;
    return list;
}

void asli_transfers_cancel(struct asli_transfers *transfers, const asl_task *task)
{
    pthread_mutex_lock(&transfers->lock);
    struct asli_transfer *t = find(transfers->running, task);
    t = t ? t : find(transfers->waiting, task);
    if (t)
        cancel(t);
    pthread_mutex_unlock(&transfers->lock);
    if (t)
        curl_multi_wakeup(transfers->multi);
}

int asli_transfers_new(const struct asli_transfers_options *options,
                       struct asli_transfers **ret_transfers, asl_error *reterr)
{
    struct asli_transfers *all = asli_alloc(sizeof *all);
    if (!all ||
        curl_global_init(CURL_GLOBAL_DEFAULT)) { /* counted, and safe in threads */
        asli_free(all);
        return asli_oom(reterr);
    }
    all->options = *options;
    all->waiting_tail = &all->waiting;
    all->multi = curl_multi_init();
    if (!all->multi) {
        curl_global_cleanup();
        asli_free(all);
        return asli_oom(reterr);
    }
    pthread_mutex_init(&all->lock, NULL);
    *ret_transfers = all;
    return 0;
}

void asli_transfers_free(struct asli_transfers *transfers)
{
    if (!transfers)
        return;
    pthread_mutex_lock(&transfers->lock);
    transfers->closing = true;
    pthread_mutex_unlock(&transfers->lock);
    curl_multi_wakeup(transfers->multi);
    if (transfers->started)
        pthread_join(transfers->thread, NULL);
    curl_multi_cleanup(transfers->multi);
    pthread_mutex_destroy(&transfers->lock);
    curl_global_cleanup();
    asli_free(transfers);
}
