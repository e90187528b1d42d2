/* SPDX-License-Identifier: Apache-2.0
 *
 * XML as services answer with it.
 */
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "providers/http/xml.h"

static void reads(const char *text, const char *wanted)
{
    ASLI_AUTO(json) json_t *root = NULL;
    ASLI_AUTO(text) char *got = NULL;
    ck_assert_int_eq(asli_xml_read(text, strlen(text), &root, NULL), 0);
    ck_assert_int_eq(asli_json_text(root, &got, NULL, NULL), 0);
    ck_assert_str_eq(got, wanted);
}

START_TEST(elements_and_texts_are_read)
{
    reads("<a>x</a>", "{\"a\":[\"x\"]}");
    reads(" <?xml version='1.0'?>\n<!-- c --><a k='>' l=\"'\"><b>1</b> "
          "<b/>\n<c>2</c></a>\n",
          "{\"a\":[{\"b\":[\"1\",\"\"],\"c\":[\"2\"]}]}");
    reads("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&no;</a>",
          "{\"a\":[\"<&>\\\"'AB&no;\"]}");
    reads("<a><![CDATA[<b>&amp;]]></a>", "{\"a\":[\"<b>&amp;\"]}");
}
END_TEST

START_TEST(what_is_no_xml_is_refused)
{
    static const char *const wrong[] = {"",        "x",      "<a>",       "<a",
                                        "<a></b>", "<a><b>", "<!-- <a/>", "<a>\xff</a>",
                                        "<>",      "</a>"};
    json_t *root;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(asli_xml_read(wrong[i], strlen(wrong[i]), &root, NULL) ==
                          ASL_EINVAL,
                      "%s", wrong[i]);
}
END_TEST

START_TEST(depth_has_an_end)
{
    char text[3 * 200 + 1];
    json_t *root;
    for (int i = 0; i < 200; i++)
        memcpy(text + 3 * i, "<a>", 4);
    ck_assert_int_eq(asli_xml_read(text, strlen(text), &root, NULL), ASL_EINVAL);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("xml");
    TCase *tc = tcase_create("xml");
    tcase_add_test(tc, elements_and_texts_are_read);
    tcase_add_test(tc, what_is_no_xml_is_refused);
    tcase_add_test(tc, depth_has_an_end);
    suite_add_tcase(suite, tc);
    return suite;
}
