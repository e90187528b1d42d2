/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the sources of items: what each format gives, what is refused, and that a source opened
 * at any position gives exactly the rest.
 */
#include "engine/items/items_test.h"

#define FIRST_ROW "{\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"FIRST_ROW\"}"
#define FAILED "States.ItemReaderFailed: "

static const char *csv(const char *text)
{
    put("k", text);
    return items_of(false, "k", FIRST_ROW);
}

static const char *csv_given(const char *headers, const char *text)
{
    char config[300];
    put("k", text);
    snprintf(config, sizeof config,
             "{\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"GIVEN\",\"CSVHeaders\":%s}",
             headers);
    return items_of(false, "k", config);
}

static const char *json(const char *text)
{
    put("k", text);
    return items_of(false, "k", "{\"InputType\":\"JSON\"}");
}

static const char *json_at(const char *pointer, const char *text)
{
    char config[200];
    put("k", text);
    snprintf(config, sizeof config, "{\"InputType\":\"JSON\",\"ItemsPointer\":\"%s\"}",
             pointer);
    return items_of(false, "k", config);
}

static const char *jsonl(const char *text)
{
    put("k", text);
    return items_of(false, "k", "{\"InputType\":\"JSONL\"}");
}

/* ---- CSV ---- */

START_TEST(csv_rows_are_objects_of_strings)
{
    ck_assert_str_eq(csv("a,b\n1,x\ntrue,\n"),
                     "{\"a\":\"1\",\"b\":\"x\"} {\"a\":\"true\",\"b\":\"\"}");
    ck_assert_str_eq(csv("a,b\n1,x"), "{\"a\":\"1\",\"b\":\"x\"}");
    ck_assert_str_eq(csv("a\n"), "");
    ck_assert_str_eq(csv(""), "");
}
END_TEST

START_TEST(csv_members_are_in_javas_order)
{
    ck_assert_str_eq(csv("0,True,{}\n1,2,3\n"),
                     "{\"0\":\"1\",\"{}\":\"3\",\"True\":\"2\"}");
}
END_TEST

START_TEST(csv_drops_surplus_cells_and_fills_missing_ones)
{
    ck_assert_str_eq(csv_given("[\"x\",\"y\"]", "1,2,3\n4\n,,,\n   \n"),
                     "{\"x\":\"1\",\"y\":\"2\"} {\"x\":\"4\",\"y\":\"\"} "
                     "{\"x\":\"\",\"y\":\"\"} {\"x\":\"   \",\"y\":\"\"}");
}
END_TEST

START_TEST(csv_quotes_hold_delimiters_quotes_and_line_ends)
{
    ck_assert_str_eq(
        csv("a\n\"x,y\"\n\"say \"\"hi\"\"\"\n\"two\r\nlines\"\n"),
        "{\"a\":\"x,y\"} {\"a\":\"say \\\"hi\\\"\"} {\"a\":\"two\\r\\nlines\"}");
    ck_assert_str_eq(csv("a,b\n\"\",x\"y\n"), "{\"a\":\"\",\"b\":\"x\\\"y\"}");
    ck_assert_str_eq(csv("\"a\"\n1\n\"open\n"),
                     FAILED "The data at byte 6 of s3://b/k has a '\"' that is never "
                            "closed.");
}
END_TEST

START_TEST(csv_takes_any_line_end_and_a_byte_order_mark)
{
    ck_assert_str_eq(csv("\xef\xbb\xbf"
                         "a\r\n1\r\r\n\n2\n"),
                     "{\"a\":\"1\"} {\"a\":\"2\"}");
}
END_TEST

START_TEST(csv_has_five_delimiters)
{
    static const char *const names[] = {"COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"};
    static const char characters[] = ",|; \t";
    for (int i = 0; i < 5; i++) {
        char config[200], text[20];
        snprintf(config, sizeof config,
                 "{\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"FIRST_ROW\","
                 "\"CSVDelimiter\":\"%s\"}",
                 names[i]);
        snprintf(text, sizeof text, "a%cb\n1%c2\n", characters[i], characters[i]);
        put("k", text);
        ck_assert_str_eq(items_of(false, "k", config), "{\"a\":\"1\",\"b\":\"2\"}");
    }
}
END_TEST

START_TEST(csv_headers_may_be_blank_but_not_twice)
{
    ck_assert_str_eq(csv("a,\n1,2\n"), "{\"\":\"2\",\"a\":\"1\"}");
    ck_assert_str_eq(csv("a,b,a\n1,2,3\n"),
                     FAILED "CSV headers cannot contain duplicates.");
    ck_assert_str_eq(csv_given("[\"x\",\"x\"]", "1\n"),
                     FAILED "CSV headers cannot contain duplicates.");
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_replaced)
{
    ck_assert_str_eq(csv("a\nx\xff"
                         "y\n"),
                     "{\"a\":\"x\xef\xbf\xbdy\"}");
}
END_TEST

/* ---- JSON ---- */

START_TEST(json_elements_are_items)
{
    ck_assert_str_eq(json(" [ 1 , {\"a\" : [ ] } , \"x, ]\", null , [[2]] ] "),
                     "1 {\"a\":[]} \"x, ]\" null [[2]]");
    ck_assert_str_eq(json("[]"), "");
    ck_assert_str_eq(json("\xef\xbb\xbf[true]"), "true");
    ck_assert_str_eq(json("[\"a\\\"b\\\\\",-1.5e3]"), "\"a\\\"b\\\\\" -1500.0");
}
END_TEST

START_TEST(only_arrays_can_be_mapped_over)
{
    ck_assert_str_eq(json("{\"Hello\":\"world\"}"),
                     FAILED "Attempting to map over non-iterable node.");
    ck_assert_str_eq(json("12"), FAILED "Attempting to map over non-iterable node.");
    ck_assert_str_eq(json(""), FAILED "Attempting to map over non-iterable node.");
}
END_TEST

START_TEST(a_pointer_leads_to_the_items)
{
    ck_assert_str_eq(
        json_at("/a/b", "{\"x\":[9,{\"b\":[8]}],\"a\":{\"c\":0,\"b\":[1,2]}}"), "1 2");
    ck_assert_str_eq(json_at("/1/0", "[[7],[[1,2],3]]"), "1 2");
    ck_assert_str_eq(json_at("/a~1b/m~0n", "{\"a/b\":{\"m~n\":[5]}}"), "5");
    ck_assert_str_eq(json_at("/k", "{\"j\":1,\"k\":{\"p\":1,\"q\":[2]}}"), "p=1 q=[2]");
    ck_assert_str_eq(json_at("/none", "{\"a\":[1]}"),
                     FAILED "Attempting to map over non-iterable node.");
    ck_assert_str_eq(json_at("/5", "[[1]]"),
                     FAILED "Attempting to map over non-iterable node.");
    ck_assert_str_eq(json_at("/a", "{\"a\":1}"),
                     FAILED "Attempting to map over non-iterable node.");
}
END_TEST

START_TEST(json_that_is_not_valid_is_a_failure)
{
    ck_assert_str_eq(json("[1, {\"a\" 2}]"),
                     FAILED "The data at byte 4 of s3://b/k is not valid JSON: expected "
                            "':' after a member name, got '2'.");
    ck_assert_str_eq(json("[1 2]"), FAILED "The data at byte 3 of s3://b/k is not valid "
                                           "JSON: ',' or ']' was expected.");
    ck_assert_str_eq(json("[[1 2]]"),
                     FAILED "The data at byte 1 of s3://b/k is not valid JSON: expected "
                            "',' or ']' after an element, got '2'.");
    ck_assert_str_eq(json("[{\"a\":1}"), FAILED "The data at byte 8 of s3://b/k is not "
                                                "valid JSON: ',' or ']' was expected.");
    ck_assert_str_eq(json("[\"a"), FAILED "The data at byte 3 of s3://b/k is not valid "
                                          "JSON: it ends too early.");
}
END_TEST

START_TEST(json_lines_are_items)
{
    ck_assert_str_eq(jsonl("{\"a\":1}\n\n  \r\n[2]\r\n3"), "{\"a\":1} [2] 3");
    ck_assert_str_eq(jsonl(""), "");
    ck_assert_str_eq(jsonl("1\n{\n2\n"), FAILED
                     "The data at byte 2 of s3://b/k is not valid JSON: expected a "
                     "member name in '\"' or '}', got the end of the text.");
}
END_TEST

/* ---- objects ---- */

START_TEST(a_list_gives_what_s3_tells_of_objects)
{
    put("p/1", "12345");
    put("p/2", "");
    put("q", "");
    ck_assert_str_eq(
        items_of(true, "p/", "{\"MaxItems\":1}"),
        "{\"Etag\":\"\\\"e\\\"\",\"LastModified\":1700000000,\"Key\":\"p/1\","
        "\"Size\":5,\"StorageClass\":\"STANDARD\"}");
}
END_TEST

START_TEST(a_list_can_be_loaded_and_flattened)
{
    put("p/1", "a\n1\n2\n");
    put("p/2", "a\n");
    put("p/3", "a\n3\n");
    ck_assert_str_eq(
        items_of(true, "p/",
                 "{\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"FIRST_ROW\","
                 "\"Transformation\":\"LOAD_AND_FLATTEN\"}"),
        "{\"a\":\"1\"} {\"a\":\"2\"} {\"a\":\"3\"}");
}
END_TEST

START_TEST(an_inventory_gives_the_rows_of_its_files)
{
    put("m.json", "{\"sourceBucket\":\"s\",\"destinationBucket\":\"arn:aws:s3:::b\","
                  "\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket, Key\",\"files\":["
                  "{\"key\":\"f1\",\"size\":1},{\"key\":\"f2\"}]}");
    put("f1", "\"s\",\"k1\"\n\"s\",\"k2\"\n");
    put("f2", "\"s\",\"k3\"\n");
    ck_assert_str_eq(
        items_of(false, "m.json",
                 "{\"InputType\":\"MANIFEST\",\"ManifestType\":"
                 "\"S3_INVENTORY\",\"MaxItems\":3}"),
        "{\"Bucket\":\"s\",\"Key\":\"k1\"} {\"Bucket\":\"s\",\"Key\":\"k2\"} "
        "{\"Bucket\":\"s\",\"Key\":\"k3\"}");
    put("m.json", "{\"destinationBucket\":\"b\",\"fileFormat\":\"ORC\","
                  "\"fileSchema\":\"Bucket\"}");
    ck_assert_str_eq(items_of(false, "m.json", "{\"InputType\":\"MANIFEST\"}"),
                     FAILED "The inventory s3://b/m.json has files of the format ORC; "
                            "libasl reads CSV.");
    put("m.json", "{}");
    ck_assert_str_eq(items_of(false, "m.json", "{\"InputType\":\"MANIFEST\"}"),
                     FAILED "The manifest s3://b/m.json is not valid.");
}
END_TEST

START_TEST(an_athena_manifest_names_objects_by_uri)
{
    put("m.csv", "s3://b/f1\ns3://b/d/f2\n");
    put("f1", "1\n2\n");
    put("d/f2", "3\n");
    ck_assert_str_eq(items_of(false, "m.csv",
                              "{\"InputType\":\"JSONL\",\"ManifestType\":"
                              "\"ATHENA_DATA\"}"),
                     "1 2 3");
}
END_TEST

/* ---- limits and failures ---- */

START_TEST(max_items_counts_over_all)
{
    put("k", "[1,2,3]");
    ck_assert_str_eq(items_of(false, "k", "{\"InputType\":\"JSON\",\"MaxItems\":2}"),
                     "1 2");
    ck_assert_str_eq(items_of(false, "k", "{\"InputType\":\"JSON\",\"MaxItems\":0}"),
                     "1 2 3");
    ck_assert_str_eq(items_of(false, "k", "{\"InputType\":\"JSON\",\"MaxItems\":-1}"),
                     FAILED "field MaxItems must be positive");
}
END_TEST

START_TEST(parquet_is_refused_clearly)
{
    ck_assert_str_eq(items_of(false, "k", "{\"InputType\":\"PARQUET\"}"),
                     FAILED "The InputType PARQUET is not supported by this version of "
                            "libasl.");
}
END_TEST

START_TEST(missing_objects_are_told_in_s3s_words)
{
    put("k", "[]");
    ck_assert_str_eq(items_of(false, "none", "{\"InputType\":\"JSON\"}"),
                     FAILED "The specified key does not exist. (Service: Amazon S3; "
                            "Status Code: 404; Error Code: NoSuchKey)");
}
END_TEST

START_TEST(an_item_may_be_as_large_as_a_payload)
{
    enum { LIMIT = ASLI_ITEM_BYTES };
    static char text[LIMIT + 100];
    static const char *const types[] = {"{\"InputType\":\"JSON\"}",
                                        "{\"InputType\":\"JSONL\"}"};
    for (int type = 0; type < 2; type++) {
        for (int over = 0; over < 2; over++) {
            char *p = text;
            p += snprintf(p, 3, "%s", type == 0 ? "[" : "");
            *p++ = '"';
            memset(p, 'x', LIMIT - 2 + (size_t)over);
            snprintf(p + LIMIT - 2 + over, 3, "\"%s", type == 0 ? "]" : "");
            put("k", text);
            const char *got = items_of(false, "k", types[type]);
            if (over)
                ck_assert_str_eq(
                    got,
                    FAILED "The item at index 0 of s3://b/k has a size exceeding the "
                           "maximum number of bytes service limit.");
            else
                ck_assert(strncmp(got, "\"xxx", 4) == 0);
        }
    }
}
END_TEST

START_TEST(a_value_without_end_takes_bounded_memory)
{
    enum { LEN = 8 << 20 };
    char *text = need(malloc(LEN + 1));
    memset(text, 'x', LEN);
    text[LEN] = '\0';
    memcpy(text, "[\"", 2);
    put("k", text);
    ck_assert_ptr_nonnull(
        strstr(items_of(false, "k", "{\"InputType\":\"JSON\"}"), "exceeding"));
    unsigned long calls = store.calls;
    ck_assert_uint_lt(calls, 40);
    ck_assert_ptr_nonnull(
        strstr(items_of(false, "k", "{\"InputType\":\"JSONL\"}"), "exceeding"));
    text[0] = 'a';
    text[1] = '\n';
    put("k", text);
    ck_assert_ptr_nonnull(strstr(items_of(false, "k", FIRST_ROW), "exceeding"));
    ck_assert_uint_le(store.most, 65536);
    free(text);
}
END_TEST

/* ---- every source, for what is the same for all of them ---- */

static void put_all(void)
{
    put("c.csv", "a,b\n1,\"x\ny\"\n\n2,\n\"3\",z\r\n4,w");
    put("l.jsonl", "1\n\n{\"a\":[2]}\r\n\"3\"");
    put("j.json", "{\"v\":[0],\"w\":[1, {\"a\": 2} ,[3], 4 ]}");
    put("o.json", "{\"w\":{\"p\":1, \"q\":{\"r\":2}}}");
    put("p/1.csv", "a\n1\n2\n");
    put("p/2.csv", "a\n");
    put("p/3.csv", "a\n3\n");
    put("m.json", "{\"destinationBucket\":\"b\",\"fileFormat\":\"CSV\",\"fileSchema\":"
                  "\"K\",\"files\":[{\"key\":\"p/1.csv\"},{\"key\":\"p/3.csv\"}]}");
    put("m.csv", "s3://b/l.jsonl\ns3://b/l.jsonl\n");
}

static const struct {
    bool list;
    const char *key, *config;
} sources[] = {
    {false, "c.csv", FIRST_ROW},
    {false, "l.jsonl", "{\"InputType\":\"JSONL\"}"},
    {false, "j.json", "{\"InputType\":\"JSON\",\"ItemsPointer\":\"/w\"}"},
    {false, "o.json", "{\"InputType\":\"JSON\",\"ItemsPointer\":\"/w\"}"},
    {true, "p/", "{}"},
    {true, "p/", "{\"InputType\":\"CSV\",\"Transformation\":\"LOAD_AND_FLATTEN\"}"},
    {false, "m.json", "{\"InputType\":\"MANIFEST\",\"MaxItems\":5}"},
    {false, "m.csv", "{\"InputType\":\"JSONL\",\"ManifestType\":\"ATHENA_DATA\"}"},
};
enum { SOURCES = sizeof sources / sizeof *sources };

START_TEST(a_source_opened_at_any_position_gives_the_rest)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    put_all();
    ck_assert_int_eq(configure(sources[_i].list, sources[_i].key, sources[_i].config,
                               &config, &failure),
                     0);
    struct asli_bytes whole = {0}, given = {0};
    ck_assert_int_eq(read_from(&config, &given, &whole, &failure), 0);
    for (int cut = 0; cut < 20; cut++) {
        struct asli_items *items;
        struct asli_item item = {NULL, NULL};
        struct asli_bytes at = {0};
        asli_bytes_reset(&given);
        ck_assert_int_eq(
            asli_items_open(objects, &config, NULL, 0, &items, &failure, NULL), 0);
        for (int i = 0; i < cut; i++) {
            ck_assert_int_eq(asli_items_next(items, &item, &failure, NULL), 0);
            if (item.value)
                add_item(&given, &item);
        }
        asli_items_position(items, &at);
        asli_items_close(items);
        ck_assert_int_eq(read_from(&config, &at, &given, &failure), 0);
        ck_assert_uint_eq(given.len, whole.len);
        ck_assert_mem_eq(given.data, whole.data, whole.len);
        asli_bytes_done(&at);
    }
    asli_bytes_done(&whole);
    asli_bytes_done(&given);
    asli_items_config_done(&config);
}
END_TEST

START_TEST(a_position_that_is_cut_or_of_another_source_is_refused)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_bytes at = {0}, out = {0};
    struct asli_items *items;
    struct asli_item item;
    put_all();
    configure(sources[_i].list, sources[_i].key, sources[_i].config, &config, &failure);
    ck_assert_int_eq(asli_items_open(objects, &config, NULL, 0, &items, &failure, NULL),
                     0);
    ck_assert_int_eq(asli_items_next(items, &item, &failure, NULL), 0);
    json_decref(item.value);
    asli_free(item.key);
    asli_items_position(items, &at);
    asli_items_close(items);
    for (size_t len = 1; len < at.len; len++) {
        struct asli_bytes part = {.data = at.data, .len = len};
        ck_assert_int_eq(read_from(&config, &part, &out, &failure), ASL_EFORMAT);
    }
    at.data[1] = '?';
    ck_assert_int_eq(read_from(&config, &at, &out, &failure), ASL_EFORMAT);
    asli_bytes_done(&at);
    asli_bytes_done(&out);
    asli_items_config_done(&config);
}
END_TEST

START_TEST(an_object_that_changed_is_not_read_on)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_bytes at = {0}, out = {0};
    struct asli_items *items;
    struct asli_item item;
    put("k", "1\n2\n");
    configure(false, "k", "{\"InputType\":\"JSONL\"}", &config, &failure);
    ck_assert_int_eq(asli_items_open(objects, &config, NULL, 0, &items, &failure, NULL),
                     0);
    ck_assert_int_eq(asli_items_next(items, &item, &failure, NULL), 0);
    json_decref(item.value);
    asli_items_position(items, &at);
    asli_items_close(items);
    put("k", "1\n2\n3\n");
    ck_assert_int_eq(read_from(&config, &at, &out, &failure), ASLI_FAILED);
    ck_assert_str_eq(failure.cause,
                     "The object s3://b/k has changed since its first items "
                     "were read.");
    asli_failure_done(&failure);
    asli_bytes_done(&at);
    asli_items_config_done(&config);
}
END_TEST

START_TEST(a_failing_call_of_the_objects_is_a_failure)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    put_all();
    configure(sources[_i].list, sources[_i].key, sources[_i].config, &config, &failure);
    for (unsigned long n = 1;; n++) {
        struct asli_bytes out = {0}, start = {0};
        store.calls = 0;
        store.fail_at = n;
        int rc = read_from(&config, &start, &out, &failure);
        asli_bytes_done(&out);
        ck_assert_int_eq(store.open, 0);
        if (store.calls < n)
            break;
        ck_assert_int_eq(rc, ASLI_FAILED);
        ck_assert_str_eq(failure.error, "States.ItemReaderFailed");
        ck_assert_ptr_nonnull(strstr(failure.cause, "-th call fails"));
        asli_failure_done(&failure);
    }
    asli_items_config_done(&config);
}
END_TEST

START_TEST(the_source_of_an_item_is_told)
{
    static const char *const wanted[] = {
        "S3://b/c.csv", "S3://b/l.jsonl", "S3://b/j.json",  "S3://b/o.json",
        "S3://b",       "S3://b/p/1.csv", "S3://b/p/1.csv", "S3://b/l.jsonl"};
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_items *items;
    struct asli_item item;
    put_all();
    configure(sources[_i].list, sources[_i].key, sources[_i].config, &config, &failure);
    ck_assert_int_eq(asli_items_open(objects, &config, NULL, 0, &items, &failure, NULL),
                     0);
    ck_assert_int_eq(asli_items_next(items, &item, &failure, NULL), 0);
    ASLI_AUTO(text) char *source = asli_items_source(items);
    ck_assert_str_eq(source, wanted[_i]);
    ck_assert_uint_eq(asli_items_index(items), 1);
    json_decref(item.value);
    asli_free(item.key);
    asli_items_close(items);
    asli_items_config_done(&config);
}
END_TEST

START_TEST(values_at_hand_are_items_too)
{
    static const char *const wanted[] = {"1 [2] \"3\"", "p=1 q=[2] r=null"};
    ASLI_AUTO(json) json_t *array = json_of("[1,[2],\"3\"]");
    ASLI_AUTO(json) json_t *object = json_of("{\"p\":1,\"q\":[2],\"r\":null}");
    for (int cut = 0; cut < 8; cut++) {
        struct asli_items *items;
        struct asli_item item;
        struct asli_bytes at = {0}, out = {0};
        json_t *value = cut % 2 ? object : array;
        ck_assert_int_eq(asli_items_open_value(value, NULL, 0, &items, NULL), 0);
        for (int i = 0; i < cut / 2; i++) {
            ck_assert_int_eq(asli_items_next(items, &item, NULL, NULL), 0);
            add_item(&out, &item);
        }
        asli_items_position(items, &at);
        asli_items_close(items);
        ck_assert_int_eq(asli_items_open_value(value, at.data, at.len, &items, NULL), 0);
        while (!asli_items_next(items, &item, NULL, NULL) && item.value)
            add_item(&out, &item);
        ASLI_AUTO(text) char *source = asli_items_source(items);
        ck_assert_str_eq(source, "STATE_DATA");
        ck_assert_uint_eq(out.len, strlen(wanted[cut % 2]));
        ck_assert_mem_eq(out.data, wanted[cut % 2], out.len);
        asli_items_close(items);
        asli_bytes_done(&at);
        asli_bytes_done(&out);
    }
}
END_TEST

/* ---- data made by chance: the seed is in the name of what fails ---- */

static unsigned long chance_state;

static unsigned chance(unsigned below)
{
    chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(chance_state >> 33) % below;
}

/* A cell: its text as CSV may write it, and as JSON. */
static void add_cell(struct asli_bytes *csv_text, json_t *row, const char *name)
{
    static const char *const pieces[] = {"a",  "\xc3\xa4", " ",  ",", "\"",
                                         "\n", "\r\n",     "{}", ";", "\\"};
    char text[64] = "";
    bool quote = false;
    for (unsigned n = chance(6); n; n--) {
        unsigned piece = chance(10);
        quote |= piece >= 3 && piece <= 6;
        strncat(text, pieces[piece], sizeof text - strlen(text) - 1);
    }
    quote |= !*text || chance(3) == 0;
    asli_bytes_adds(csv_text, quote ? "\"" : "");
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            asli_bytes_addc(csv_text, '"');
        asli_bytes_addc(csv_text, *p);
    }
    asli_bytes_adds(csv_text, quote ? "\"" : "");
    json_object_set_new(row, name, json_string(text));
}

/* Rows as CSV, and as JSON in an array and in lines with blanks wherever they may be; the items. */
static void make_data(struct asli_bytes out[4], int rows)
{
    static const char *const formats[] = {" %s ,\n\t", "%s,"};
    asli_bytes_adds(&out[0], "p,q\r\n");
    asli_bytes_adds(&out[1], "{\"x\":{\"y\":[1]},\"items\":[");
    for (int i = 0; i < rows; i++) {
        ASLI_AUTO(json) json_t *row = json_object();
        ASLI_AUTO(text) char *text = NULL;
        add_cell(&out[0], row, "p");
        asli_bytes_addc(&out[0], ',');
        add_cell(&out[0], row, "q");
        asli_bytes_adds(&out[0], chance(2) ? "\n" : "\r\n");
        asli_json_text(row, &text, NULL, NULL);
        asli_bytes_addf(&out[1], formats[chance(2)], text);
        asli_bytes_addf(&out[2], "%s%s\n", chance(4) ? "" : "\n", text);
        asli_bytes_addf(&out[3], "%s%s", i ? " " : "", text);
    }
    out[1].len -= out[1].data[out[1].len - 1] == ',' ? 1 : 3; /* the last comma */
    asli_bytes_adds(&out[1], " ] , \"z\" : 1 }");
}

START_TEST(data_made_by_chance_is_read_and_cut_anywhere)
{
    static const char *const configs[] = {
        FIRST_ROW, "{\"InputType\":\"JSON\",\"ItemsPointer\":\"/items\"}",
        "{\"InputType\":\"JSONL\"}"};
    struct asli_bytes data[4] = {{0}, {0}, {0}, {0}};
    chance_state = (unsigned long)_i;
    enum { ROWS = 4000 };
    make_data(data, ROWS);
    for (int format = 0; format < 3; format++) {
        struct asli_items_config config = {0};
        struct asli_failure failure = {NULL, NULL};
        struct asli_bytes at = {0}, out = {0};
        mem_objects_put(&store, "b", "k", data[format].data, data[format].len);
        ck_assert_int_eq(configure(false, "k", configs[format], &config, &failure), 0);
        for (bool more = true; more;) {
            struct asli_items *items;
            struct asli_item item = {NULL, NULL};
            ck_assert_int_eq(asli_items_open(objects, &config, at.data, at.len, &items,
                                             &failure, NULL),
                             0);
            for (unsigned n = chance(500); n && more; n--) {
                int rc = asli_items_next(items, &item, &failure, NULL);
                ck_assert_msg(rc == 0, "seed %d: %s", _i, failure.cause);
                more = item.value != NULL;
                if (more)
                    add_item(&out, &item);
            }
            asli_bytes_reset(&at);
            asli_items_position(items, &at);
            asli_items_close(items);
        }
        ck_assert_msg(out.len == data[3].len && !memcmp(out.data, data[3].data, out.len),
                      "seed %d, format %d", _i, format);
        asli_bytes_done(&at);
        asli_bytes_done(&out);
        asli_items_config_done(&config);
    }
    for (int i = 0; i < 4; i++)
        asli_bytes_done(&data[i]);
}
END_TEST

/* A byte of the data or of the position is any other one: all may be refused, nothing breaks. */
START_TEST(damaged_data_and_positions_break_nothing)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_bytes at = {0};
    struct asli_items *items;
    struct asli_item item;
    chance_state = 99;
    put_all();
    configure(sources[_i].list, sources[_i].key, sources[_i].config, &config, &failure);
    ck_assert_int_eq(asli_items_open(objects, &config, NULL, 0, &items, &failure, NULL),
                     0);
    ck_assert_int_eq(asli_items_next(items, &item, &failure, NULL), 0);
    json_decref(item.value);
    asli_free(item.key);
    asli_items_position(items, &at);
    asli_items_close(items);
    for (int round = 0; round < 1000; round++) {
        struct asli_bytes out = {0}, start = {0};
        char *position = at.data + chance((unsigned)at.len), was = *position;
        put_all();
        for (struct mem_object *o = store.first; o; o = o->next)
            if (o->len)
                o->data[chance((unsigned)o->len)] = (char)chance(256);
        if (round % 2)
            *position = (char)chance(256);
        int rc = read_from(&config, round % 2 ? &at : &start, &out, &failure);
        ck_assert(rc == 0 || rc == ASLI_FAILED || rc == ASL_EFORMAT);
        *position = was;
        asli_bytes_done(&out);
        asli_failure_done(&failure);
    }
    asli_bytes_done(&at);
    asli_items_config_done(&config);
}
END_TEST

/* Long enough for many buffers, with every line end at every place of one. */
START_TEST(items_go_over_the_borders_of_buffers)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_bytes text = {0}, out = {0}, start = {0}, wanted = {0};
    asli_bytes_adds(&text, "a\r\n");
    for (int i = 0; i < 20000; i++) {
        asli_bytes_addf(&text, "\"%d \"\"q\"\"\"\r\n", i * 7);
        asli_bytes_addf(&wanted, "%s{\"a\":\"%d \\\"q\\\"\"}", i ? " " : "", i * 7);
    }
    mem_objects_put(&store, "b", "k", text.data, text.len);
    ck_assert_int_eq(configure(false, "k", FIRST_ROW, &config, &failure), 0);
    ck_assert_int_eq(read_from(&config, &start, &out, &failure), 0);
    ck_assert_uint_eq(out.len, wanted.len);
    ck_assert_mem_eq(out.data, wanted.data, wanted.len);
    asli_bytes_done(&text);
    asli_bytes_done(&out);
    asli_bytes_done(&wanted);
    asli_items_config_done(&config);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("items");
    TCase *t = tcase_create("items");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, csv_rows_are_objects_of_strings);
    tcase_add_test(t, csv_members_are_in_javas_order);
    tcase_add_test(t, csv_drops_surplus_cells_and_fills_missing_ones);
    tcase_add_test(t, csv_quotes_hold_delimiters_quotes_and_line_ends);
    tcase_add_test(t, csv_takes_any_line_end_and_a_byte_order_mark);
    tcase_add_test(t, csv_has_five_delimiters);
    tcase_add_test(t, csv_headers_may_be_blank_but_not_twice);
    tcase_add_test(t, bytes_that_are_no_utf8_are_replaced);
    tcase_add_test(t, json_elements_are_items);
    tcase_add_test(t, only_arrays_can_be_mapped_over);
    tcase_add_test(t, a_pointer_leads_to_the_items);
    tcase_add_test(t, json_that_is_not_valid_is_a_failure);
    tcase_add_test(t, json_lines_are_items);
    tcase_add_test(t, a_list_gives_what_s3_tells_of_objects);
    tcase_add_test(t, a_list_can_be_loaded_and_flattened);
    tcase_add_test(t, an_inventory_gives_the_rows_of_its_files);
    tcase_add_test(t, an_athena_manifest_names_objects_by_uri);
    tcase_add_test(t, max_items_counts_over_all);
    tcase_add_test(t, parquet_is_refused_clearly);
    tcase_add_test(t, missing_objects_are_told_in_s3s_words);
    tcase_add_test(t, an_item_may_be_as_large_as_a_payload);
    tcase_add_test(t, a_value_without_end_takes_bounded_memory);
    tcase_add_loop_test(t, a_source_opened_at_any_position_gives_the_rest, 0, SOURCES);
    tcase_add_loop_test(t, a_position_that_is_cut_or_of_another_source_is_refused, 0,
                        SOURCES);
    tcase_add_test(t, an_object_that_changed_is_not_read_on);
    tcase_add_loop_test(t, a_failing_call_of_the_objects_is_a_failure, 0, SOURCES);
    tcase_add_loop_test(t, the_source_of_an_item_is_told, 0, SOURCES);
    tcase_add_test(t, values_at_hand_are_items_too);
    tcase_add_loop_test(t, damaged_data_and_positions_break_nothing, 0, SOURCES);
    tcase_add_loop_test(t, data_made_by_chance_is_read_and_cut_anywhere, 1, 6);
    tcase_add_test(t, items_go_over_the_borders_of_buffers);
    suite_add_tcase(suite, t);
    return suite;
}
