/* SPDX-License-Identifier: Apache-2.0
 *
 * The items of a distributed Map's ItemReader, one after the other, in bounded memory: at most one
 * item, one row of headers and buffers of 64 KiB are held, whatever the size of the data.
 *
 * A source can be opened again where another one stood (asli_items_position): it gives the rest,
 * exactly, as long as the data is the same. It is used by one thread at a time, and may block when
 * its objects do.
 *
 * Failures are the language's: States.ItemReaderFailed with AWS's sentence where it is known.
 */
#ifndef ASLI_ITEMS_H
#define ASLI_ITEMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <asl/objects.h>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

#define ASLI_ITEM_BYTES 262144 /* of an item's or a batch's text, at most */
#define ASLI_ITEMS_MAX 100000000

#define ASLI_READER_FAILED "States.ItemReaderFailed"
#define ASLI_WRITER_FAILED "States.ResultWriterFailed"

/* X(NAME, text) */
#define ASLI_INPUT_TYPES(X)                                                              \
    X(JSON, "JSON")                                                                      \
    X(JSONL, "JSONL")                                                                    \
    X(CSV, "CSV")                                                                        \
    X(MANIFEST, "MANIFEST")                                                              \
    X(PARQUET, "PARQUET")
#define ASLI_CSV_HEADERS(X) X(FIRST_ROW, "FIRST_ROW") X(GIVEN, "GIVEN")
#define ASLI_MANIFESTS(X) X(S3_INVENTORY, "S3_INVENTORY") X(ATHENA_DATA, "ATHENA_DATA")
#define ASLI_READ_TRANSFORMATIONS(X)                                                     \
    X(NONE, "NONE") X(LOAD_AND_FLATTEN, "LOAD_AND_FLATTEN")
/* X(character, text) */
#define ASLI_CSV_DELIMITERS(X)                                                           \
    X(',', "COMMA") X('|', "PIPE") X(';', "SEMICOLON") X(' ', "SPACE") X('\t', "TAB")

enum asli_input_type { /* absent: UNSET, which only a list of objects may be */
                       ASLI_INPUT_UNSET,
#define ASLI_ROW(name, text) ASLI_INPUT_##name,
                       ASLI_INPUT_TYPES(ASLI_ROW)
#undef ASLI_ROW
};
enum asli_csv_header {
    ASLI_HEADER_UNSET,
#define ASLI_ROW(name, text) ASLI_HEADER_##name,
    ASLI_CSV_HEADERS(ASLI_ROW)
#undef ASLI_ROW
};
enum asli_manifest {
    ASLI_MANIFEST_UNSET,
#define ASLI_ROW(name, text) ASLI_MANIFEST_##name,
    ASLI_MANIFESTS(ASLI_ROW)
#undef ASLI_ROW
};
enum asli_read_transformation {
    ASLI_READ_UNSET,
#define ASLI_ROW(name, text) ASLI_READ_##name,
    ASLI_READ_TRANSFORMATIONS(ASLI_ROW)
#undef ASLI_ROW
};

/* What is to be read, every value known. Texts are borrowed from the two JSON values. */
struct asli_items_config {
    bool list;   /* s3:listObjectsV2; else s3:getObject */
    bool packed; /* what is called .gz is unpacked */
    bool
        object_items; /* members of a JSON object are items (AWS: since September 2025) */
    const char *bucket, *key; /* list: the prefix */
    enum asli_input_type input;
    enum asli_csv_header header;
    enum asli_manifest manifest;
    enum asli_read_transformation transformation;
    char delimiter;
    const json_t *headers; /* an array of strings; GIVEN */
    const char *pointer;   /* ItemsPointer, NULL: the whole document */
    int64_t max_items;     /* 0: all */
    json_t *arguments, *reader_config;
};

/* Checks the evaluated Parameters or Arguments ({"Bucket", "Key" | "Prefix"}) and ReaderConfig
 * (NULL: none). ASLI_FAILED: "field MaxItems must be positive", ... */
int asli_items_configure(bool list, json_t *arguments, json_t *reader_config,
                         struct asli_items_config *ret_config,
                         struct asli_failure *failure, asl_error *reterr);
void asli_items_config_done(struct asli_items_config *config);

struct asli_item {
    json_t *value; /* a new reference; NULL: there are no more items */
    char *key;     /* of a member of an object: a new text; else NULL */
};

struct asli_items; /* an open source */

/* Opens a source, at its beginning (len 0) or at a position. `objects` NULL: a failure. `config`
 * must live as long as it. ASL_EFORMAT: the position is not one of this configuration. */
int asli_items_open(asl_objects *objects, const struct asli_items_config *config,
                    const void *position, size_t len, struct asli_items **ret_items,
                    struct asli_failure *failure, asl_error *reterr);
/* The same for an array or an object at hand, which is shared. */
int asli_items_open_value(json_t *value, const void *position, size_t len,
                          struct asli_items **ret_items, asl_error *reterr);
/* The next item. After anything but 0 the source can only be closed, except that after ASL_ENOMEM
 * it may be opened again at its last position. */
int asli_items_next(struct asli_items *items, struct asli_item *ret_item,
                    struct asli_failure *failure, asl_error *reterr);
/* Appends where the next item is: usually below 20 bytes, with keys in it at most
 * about 4 KiB. */
void asli_items_position(const struct asli_items *items, struct asli_bytes *out);
/* The index of the next item: those given so far, before a reopening too. */
uint64_t asli_items_index(const struct asli_items *items);
/* What Map.Item.Source shows for the last item, "S3://bucket/key" or "STATE_DATA": a new text;
 * NULL: oom. */
char *asli_items_source(const struct asli_items *items);
void asli_items_close(struct asli_items *items); /* NULL is allowed */

/* What a call of asl_objects returned, as the language sees it: 0, ASLI_FAILED with `error`, or
 * ASL_ENOMEM. `from` is what the call filled. */
int asli_objects_failure(int rc, const char *error, const asl_error *from,
                         struct asli_failure *failure, asl_error *reterr);

#endif
