/* SPDX-License-Identifier: Apache-2.0
 *
 * http:invoke: the request that is made of a task and its connection, and what becomes of responses.
 */
#include <stdlib.h>

#include "conformance/kit/quotes.h"
#include "engine/base/alloc.h"
#include "conformance/kit/http_bench.h"

#define OK "200 OK\r\nContent-Type: application/json\r\n\r\n"

static struct http_kit k;

static void connect_to(const char *connections)
{
    asl_error error = {0};
    char *text = kit_quoted(connections);
    ck_assert_msg(asl_http_connections(k.b.engine, text, (size_t)-1, &error) == 0, "%s",
                  error.text);
    free(text);
}

/* A task of that path with these parameters. */
static void call(const char *path, const char *parameters)
{
    ASLI_AUTO(text)
    char *definition = asli_printf(
        "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':"
        "'arn:aws:states:::http:invoke','Parameters':{'ApiEndpoint':'%s%s'%s},"
        "'End':true}}}",
        k.p.url, path, parameters);
    http_run(&k, definition, NULL);
}

static void run(const char *answers, const char *path, const char *parameters)
{
    http_open(&k, answers, NULL);
    call(path, parameters);
}

START_TEST(a_response_is_the_output)
{
    run(OK "{\"a\": [1]}", "/x", ",'Method':'GET'");
    http_succeeded(&k, "{\"Headers\":{\"Content-Type\":[\"application/json\"],"
                       "\"Content-Length\":[\"10\"],\"Connection\":[\"close\"]},"
                       "\"ResponseBody\":{\"a\":[1]},\"StatusCode\":200,"
                       "\"StatusText\":\"OK\"}");
    ck_assert(peer_has_line(&k.p, "GET /x HTTP/1.1"));
    ck_assert(
        peer_has_line(&k.p, "User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1"));
    ck_assert(peer_has_line(&k.p, "Range: bytes=0-262144"));
    http_close(&k);
}
END_TEST

START_TEST(a_body_that_is_no_json_is_a_text)
{
    run("201 Created\r\n\r\nhello", "", ",'Method':'POST'");
    ck_assert_ptr_nonnull(strstr(k.b.output,
                                 "\"ResponseBody\":\"hello\",\"StatusCode\":201,"
                                 "\"StatusText\":\"Created\""));
    http_close(&k);
}
END_TEST

START_TEST(headers_query_and_body_are_sent)
{
    run(OK "1", "/p?a=1",
        ",'Method':'PATCH','Headers':{'X-One':'1','X-Two':['2','3']},"
        "'QueryParameters':{'q':'x y','n':[1,2],'b':true},'RequestBody':{'c':{'d':1.5}}");
    http_succeeded(&k, k.b.output);
    ck_assert(peer_has_line(&k.p, "PATCH /p?a=1&q=x%20y&n=1&n=2&b=true HTTP/1.1"));
    ck_assert(peer_has_line(&k.p, "X-One: 1"));
    ck_assert(peer_has_line(&k.p, "X-Two: 2"));
    ck_assert(peer_has_line(&k.p, "X-Two: 3"));
    ck_assert(peer_has_line(&k.p, "Content-Type: application/json; charset=UTF-8"));
    ck_assert_str_eq(peer_body(&k.p), "{\"c\":{\"d\":1.5}}");
    http_close(&k);
}
END_TEST

static void encodes(const char *options, const char *body)
{
    ASLI_AUTO(text)
    char *parameters = asli_printf(
        ",'Method':'POST','Headers':{'content-type':'application/x-www-form-urlencoded'},"
        "'RequestBody':{'a':['x','&'],'o':{'k':'v w'},'z':null},"
        "'Transform':{'RequestBodyEncoding':'URL_ENCODED'%s}",
        options);
    run(OK "1", "", parameters);
    http_succeeded(&k, k.b.output);
    ck_assert_str_eq(peer_body(&k.p), body);
    ck_assert(peer_has_line(&k.p, "content-type: application/x-www-form-urlencoded"));
    http_close(&k);
}

START_TEST(a_body_may_be_a_form)
{
    encodes("", "a%5B0%5D=x&a%5B1%5D=%26&o%5Bk%5D=v%20w&z=");
    encodes(",'RequestEncodingOptions':{'ArrayFormat':'REPEAT'}",
            "a=x&a=%26&o%5Bk%5D=v%20w&z=");
    encodes(",'RequestEncodingOptions':{'ArrayFormat':'COMMAS'}",
            "a=x,%26&o%5Bk%5D=v%20w&z=");
    encodes(",'RequestEncodingOptions':{'ArrayFormat':'BRACKETS'}",
            "a%5B%5D=x&a%5B%5D=%26&o%5Bk%5D=v%20w&z=");
}
END_TEST

#define CONNECTION                                                                       \
    "'Authentication':{'ConnectionArn':'arn:aws:events:us-east-1:1:connection/shop/id'}"

START_TEST(a_connection_adds_what_it_has_over_the_tasks)
{
    http_open(&k, OK "1", NULL);
    connect_to(
        "{'shop':{'AuthorizationType':'API_KEY','AuthParameters':{"
        "'ApiKeyAuthParameters':{'ApiKeyName':'X-Key','ApiKeyValue':'s3'},"
        "'InvocationHttpParameters':{'HeaderParameters':[{'Key':'x-one','Value':'c'}],"
        "'QueryStringParameters':[{'Key':'q','Value':'c'}],"
        "'BodyParameters':[{'Key':'Mode','Value':'c'}]}}}}");
    call("/", ",'Method':'POST'," CONNECTION ",'Headers':{'X-One':'1'},"
              "'QueryParameters':{'q':'1','r':'2'},'RequestBody':{'Mode':'1','x':2}");
    http_succeeded(&k, k.b.output);
    ck_assert(peer_has_line(&k.p, "POST /?q=c&r=2 HTTP/1.1"));
    ck_assert(peer_has_line(&k.p, "X-Key: s3"));
    ck_assert(peer_has_line(&k.p, "X-One: c"));
    ck_assert_str_eq(peer_body(&k.p), "{\"Mode\":\"c\",\"x\":2}");
    call("/", ",'Method':'POST'," CONNECTION ",'RequestBody':'text'");
    http_failed(&k, "States.Runtime", "The field 'RequestBody' is no object");
    http_close(&k);
}
END_TEST

START_TEST(basic_authorization_is_done)
{
    http_open(&k, OK "1", NULL);
    connect_to("{'shop':{'AuthorizationType':'BASIC','AuthParameters':{"
               "'BasicAuthParameters':{'Username':'ann','Password':'pw'}}}}");
    call("/", ",'Method':'GET','InvocationConfig':{'ConnectionArn':'shop'}");
    http_succeeded(&k, k.b.output);
    ck_assert(peer_has_line(&k.p, "Authorization: Basic YW5uOnB3"));
    http_close(&k);
}
END_TEST

START_TEST(a_connection_that_is_not_there_is_its_own_error)
{
    run(OK "1", "/", ",'Method':'GET'," CONNECTION);
    http_failed(&k, "Events.ConnectionResource.ResourceNotFound", "Connection 'shop'");
    http_close(&k);
}
END_TEST

START_TEST(connections_are_checked)
{
    static const char *const wrong[] = {
        "[]",
        "{'a':{}}",
        "{'a':{'AuthorizationType':'OAUTH_CLIENT_CREDENTIALS'}}",
        "{'a':{'AuthorizationType':'BASIC','AuthParameters':{'BasicAuthParameters':"
        "{'Username':'x'}}}}",
        "{'a':{'AuthorizationType':'BASIC','AuthParameters':{'BasicAuthParameters':"
        "{'Username':'x','Password':'y'},'InvocationHttpParameters':{'HeaderParameters':"
        "[{'Key':'k'}]}}}}",
    };
    http_open(&k, "", NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *text = kit_quoted(wrong[i]);
        ck_assert_int_eq(asl_http_connections(k.b.engine, text, strlen(text), NULL),
                         ASL_EINVAL);
        free(text);
    }
    ck_assert_int_eq(asl_http_connections(k.b.engine, "{", 1, NULL), ASL_EJSON);
    http_close(&k);
}
END_TEST

START_TEST(a_status_that_is_no_success_is_the_error)
{
    run("404 Not Found\r\n\r\nno such page", "", ",'Method':'GET'");
    http_failed(&k, "States.Http.StatusCode.404", "no such page");
    http_close(&k);
    run("503 Service Unavailable\r\n\r\n", "", ",'Method':'GET'");
    http_failed(&k, "States.Http.StatusCode.503", "Service Unavailable");
    http_close(&k);
    run("302 Found\r\nLocation: /elsewhere\r\n\r\n", "", ",'Method':'GET'");
    http_failed(&k, "States.Http.StatusCode.302", "Found");
    http_close(&k);
}
END_TEST

START_TEST(no_response_is_a_socket_error)
{
    asl_http_options options = {.size = sizeof options, .timeout_ms = 50};
    http_open(&k, "-", &options);
    call("/", ",'Method':'GET'");
    http_failed(&k, "States.Http.Socket", "Read timed out");
    http_close(&k);
    run("", "/", ",'Method':'GET'");
    http_failed(&k, "States.Http.Socket", "");
    http_close(&k);
}
END_TEST

START_TEST(binary_responses_are_refused)
{
    run("200 OK\r\nContent-Type: image/png\r\n\r\nx", "", ",'Method':'GET'");
    http_failed(&k, "States.Runtime", "The response is no text");
    http_close(&k);
    run("200 OK\r\n\r\n\xff\xfe", "", ",'Method':'GET'");
    http_failed(&k, "States.Runtime", "The response is no text");
    http_close(&k);
}
END_TEST

START_TEST(requests_that_cannot_be_made_fail_before)
{
    static const char *const wrong[] = {
        "",
        ",'Method':'TRACE'",
        ",'Method':'GET','Headers':{'Host':'x'}",
        ",'Method':'GET','Headers':{'x-amz-date':'x'}",
        ",'Method':'GET','Headers':{'a b':'x'}",
        ",'Method':'GET','Headers':{'a':'x\\r\\nb: y'}",
        ",'Method':'GET','Headers':{'a':1}",
        ",'Method':'GET','Headers':'a'",
        ",'Method':'POST','RequestBody':{},'Transform':{'RequestBodyEncoding':'X'}",
    };
    http_open(&k, OK "1", NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        call("/", wrong[i]);
        http_failed(&k, "States.Runtime", "");
    }
    ck_assert_int_eq(atomic_load(&k.p.count), 0);
    http_run(&k,
             HTTP_TASK("arn:aws:states:::http:invoke",
                       "'ApiEndpoint':'file:///etc/passwd','Method':'GET'"),
             NULL);
    http_failed(&k, "States.Runtime", "The value of the field 'ApiEndpoint'");
    http_close(&k);
}
END_TEST

struct said {
    json_t *request, *response;
};

static void keep(void *arg, const asl_task *task, const json_t *request,
                 const json_t *response)
{
    struct said *said = arg;
    (void)task;
    said->request = json_deep_copy(request);
    said->response = json_deep_copy(response);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

START_TEST(what_was_said_is_told)
{
    struct said said = {NULL, NULL};
    asl_http_options options = {.size = sizeof options, .arg = &said, .exchanged = keep};
    http_open(&k, "404 Not Found\r\n\r\nnone", &options);
    call("/x", ",'Method':'PUT','Headers':{'A':['1','2']},'RequestBody':'b'");
    ck_assert_str_eq(text_of(said.request, "protocol"), "http");
    ck_assert_str_eq(text_of(said.request, "method"), "PUT");
    ck_assert_str_eq(text_of(said.request, "body"), "b");
    ck_assert_ptr_nonnull(strstr(text_of(said.request, "url"), "/x"));
    ck_assert_ptr_nonnull(
        strstr(text_of(said.request, "headers"), "[A: 1, A: 2, User-Agent:"));
    ck_assert_str_eq(text_of(said.response, "statusCode"), "404");
    ck_assert_str_eq(text_of(said.response, "statusMessage"), "Not Found");
    ck_assert_str_eq(text_of(said.response, "headers"),
                     "[Content-Length: 4, Connection: close]");
    ck_assert_str_eq(text_of(said.response, "body"), "none");
    http_close(&k);
    json_decref(said.request);
    json_decref(said.response);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("invoke");
    TCase *tc = tcase_create("invoke");
    tcase_add_test(tc, a_response_is_the_output);
    tcase_add_test(tc, a_body_that_is_no_json_is_a_text);
    tcase_add_test(tc, headers_query_and_body_are_sent);
    tcase_add_test(tc, a_body_may_be_a_form);
    tcase_add_test(tc, a_connection_adds_what_it_has_over_the_tasks);
    tcase_add_test(tc, basic_authorization_is_done);
    tcase_add_test(tc, a_connection_that_is_not_there_is_its_own_error);
    tcase_add_test(tc, connections_are_checked);
    tcase_add_test(tc, a_status_that_is_no_success_is_the_error);
    tcase_add_test(tc, no_response_is_a_socket_error);
    tcase_add_test(tc, binary_responses_are_refused);
    tcase_add_test(tc, requests_that_cannot_be_made_fail_before);
    tcase_add_test(tc, what_was_said_is_told);
    suite_add_tcase(suite, tc);
    return suite;
}
