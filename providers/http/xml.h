/* SPDX-License-Identifier: Apache-2.0
 *
 * As much of XML as services answer with: elements and texts. Attributes, comments and processing
 * instructions are passed over; there are no entities but those that XML itself has.
 */
#ifndef ASLI_HTTP_XML_H
#define ASLI_HTTP_XML_H

#include <jansson.h>
#include <stddef.h>

#include <asl/error.h>

/* An element is an object NAME -> [element, ...] of what is in it, or the text in it. *ret_root is
 * an object with the one element at the top. Errors: ASL_EINVAL (no such text), ASL_ENOMEM. */
int asli_xml_read(const char *text, size_t len, json_t **ret_root, asl_error *reterr);

/* The first element of that name in one; NULL: there is none. */
json_t *asli_xml_child(const json_t *element, const char *name);
/* The same as a text. */
const char *asli_xml_text(const json_t *element, const char *name);

#endif
