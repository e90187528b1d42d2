/* SPDX-License-Identifier: Apache-2.0
 *
 * For the tests of the HTTP provider: a bench whose engine has a peer as every service.
 */
#ifndef KIT_HTTP_BENCH_H
#define KIT_HTTP_BENCH_H

#include <asl/http.h>
#include <string.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"
#include "conformance/kit/http_peer.h"

/* A machine of one task. */
#define HTTP_TASK(resource, parameters)                                                  \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'" resource                  \
    "','Parameters':{" parameters "},'End':true}}}"

struct http_kit {
    struct bench b;
    struct peer p;
};

static inline void http_open(struct http_kit *kit, const char *answers,
                             const asl_http_options *options)
{
    asl_error error = {0};
    peer_open(&kit->p, answers);
    bench_open(&kit->b, NULL, 0);
    ck_assert_msg(asl_http_open(kit->b.engine, options, &error) == 0, "%s", error.text);
}

static inline void http_service(struct http_kit *kit, const char *service)
{
    asl_error error = {0};
    ck_assert_msg(asl_http_endpoint(kit->b.engine, service, kit->p.url, &error) == 0,
                  "%s", error.text);
}

static inline void http_close(struct http_kit *kit)
{
    bench_close(&kit->b);
    peer_close(&kit->p);
}

/* Runs an execution to its end. */
static inline void http_run(struct http_kit *kit, const char *definition,
                            const char *input)
{
    asl_free(bench_start(&kit->b, definition, input));
    bench_run(&kit->b, ASL_UNTIL_ENDED);
}

static inline void http_succeeded(const struct http_kit *kit, const char *output)
{
    ck_assert_msg(kit->b.status == ASL_SUCCEEDED, "%s: %s",
                  kit->b.error ? kit->b.error : "", kit->b.cause ? kit->b.cause : "");
    ck_assert_str_eq(kit->b.output, output);
}

/* `cause` is the beginning of it. */
static inline void http_failed(const struct http_kit *kit, const char *error,
                               const char *cause)
{
    ck_assert_int_eq(kit->b.status, ASL_FAILED);
    ck_assert_str_eq(kit->b.error, error);
    ck_assert_msg(strncmp(kit->b.cause, cause, strlen(cause)) == 0, "%s", kit->b.cause);
}

#endif
