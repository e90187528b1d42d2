/* SPDX-License-Identifier: Apache-2.0
 *
 * The vtable of sources of items, and what its variants share: reading an object through one
 * buffer, sentences of failures.
 *
 * A variant's struct begins with struct asli_items. Its position is that of the next item.
 */
#ifndef ASLI_ITEMS_SOURCE_H
#define ASLI_ITEMS_SOURCE_H

#include "engine/items/items.h"

struct asli_item_source_ops {
    unsigned char tag; /* in its positions; never changes */
    size_t size;       /* of its struct, which comes zeroed */
    /* `position` NULL: at the beginning. `close` is called after a failure too. */
    int (*open)(struct asli_items *items, struct asli_reader *position,
                struct asli_failure *failure, asl_error *reterr);
    int (*next)(struct asli_items *items, struct asli_item *ret_item,
                struct asli_failure *failure, asl_error *reterr);
    void (*position)(const struct asli_items *items, struct asli_bytes *out);
    void (*close)(struct asli_items *items);
    /* What the last item came from, when it is not the configuration's own object. May be NULL. */
    const struct asli_items *(*inner)(const struct asli_items *items);
};

struct asli_items {
    const struct asli_item_source_ops *ops;
    const struct asli_items_config *config;
    asl_objects *objects;
    uint64_t index; /* of the next item */
};

extern const struct asli_item_source_ops asli_source_csv, asli_source_jsonl,
    asli_source_json, asli_source_list, asli_source_nest;

/* Opens a source whose other members are set, at a position (len 0: at its beginning). */
int asli_items_open_variant(struct asli_items *items, const void *position, size_t len,
                            struct asli_failure *failure, asl_error *reterr);

/* ---- failures ---- */

/* The item that begins at byte `offset` is not valid: "... of s3://bucket/key SENTENCE". */
int asli_items_bad(const struct asli_items *items, uint64_t offset, const char *sentence,
                   struct asli_failure *failure, asl_error *reterr);
/* The next item is larger than a payload may be. */
int asli_items_too_large(const struct asli_items *items, struct asli_failure *failure,
                         asl_error *reterr);

/* ---- values ---- */

#define ASLI_ITEM_RAW                                                                    \
    (6 * ASLI_ITEM_BYTES) /* of an item's text as it stands in the data */

/* Parses the text of the item that begins at `offset`, and checks its size. */
int asli_items_parse(const struct asli_items *items, const char *text, size_t len,
                     uint64_t offset, json_t **ret_value, struct asli_failure *failure,
                     asl_error *reterr);
/* Is its compact text short enough for a payload? Fails when not. */
int asli_items_check_size(const struct asli_items *items, const json_t *value,
                          struct asli_failure *failure, asl_error *reterr);
/* A string of bytes that may be no UTF-8: what is not comes out as U+FFFD. NULL: oom. */
json_t *asli_items_text(const char *text, size_t len);

/* ---- an object through one buffer ---- */

struct asli_gunzip;

struct asli_stream {
    const struct asli_items *items;
    void *object;
    uint64_t bytes; /* of the object */
    uint64_t next;  /* offset of what comes after the buffer, unpacked */
    unsigned char *buffer;
    const unsigned char *p, *end; /* what is in it and not yet taken */
    struct asli_gunzip *gunzip;   /* NULL: the object is read as it is */
};

/* Opens the configuration's object at its first byte, after a byte order mark. */
int asli_stream_open(struct asli_stream *s, const struct asli_items *items,
                     struct asli_failure *failure, asl_error *reterr);
/* With p == end: reads on. Still p == end afterwards: the object has ended. */
int asli_stream_more(struct asli_stream *s, struct asli_failure *failure,
                     asl_error *reterr);
/* Writes where the next byte is; goes on there. An object whose size has changed since is a
 * failure: what stands there would be something else. */
void asli_stream_position(const struct asli_stream *s, struct asli_bytes *out);
int asli_stream_resume(struct asli_stream *s, struct asli_reader *position,
                       struct asli_failure *failure, asl_error *reterr);
void asli_stream_close(struct asli_stream *s);
static inline uint64_t asli_stream_offset(const struct asli_stream *s)
{
    return s->next - (uint64_t)(s->end - s->p);
}
/* Makes *s->p the next byte, if there is one. */
static inline int asli_stream_peek(struct asli_stream *s, struct asli_failure *failure,
                                   asl_error *reterr)
{
    return s->p < s->end ? 0 : asli_stream_more(s, failure, reterr);
}

#endif
