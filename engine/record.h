/* SPDX-License-Identifier: Apache-2.0
 *
 * The store format: every key and value of libasl is made and read here (docs/store-format.md).
 *
 * Keys begin with a partition (0) and a kind. Rows of one execution stand together, so that a
 * step touches neighbouring pages. Every value begins with a format byte.
 */
#ifndef ASLI_RECORD_H
#define ASLI_RECORD_H

#include <asl/store.h>

#include "engine/base/bytes.h"
#include "engine/execution.h"

#define ASLI_FORMAT 1
#define ASLI_STORE_VERSION 1

/* ---- keys ---- */

struct asli_key {
    unsigned char bytes[64];
    size_t len;
};
enum asli_key_kind {
    ASLI_KEY_STORE = 'a',     /* version, virtual flag */
    ASLI_KEY_LEASE = 'b',     /* epoch of the engine that writes */
    ASLI_KEY_BATCH = 'c',     /* number of the last batch */
    ASLI_KEY_MACHINE = 'd',   /* + hash: definition */
    ASLI_KEY_NAME = 'e',      /* + hash of name + hash of ARN: execution id, ARN */
    ASLI_KEY_EXECUTION = 'f', /* + id: what DescribeExecution shows */
    ASLI_KEY_WAKE = 'g',      /* + id: when to go on */
    ASLI_KEY_ROWS = 'h',      /* + id + kind: see below */
    ASLI_KEY_REMOVAL = 'i',   /* + id: rows of no execution any more, or of none yet */
};
enum asli_row_kind {
    ASLI_ROW_FRAME = 1,   /* + serial */
    ASLI_ROW_RESULT = 2,  /* + serial of the Map + index */
    ASLI_ROW_HISTORY = 3, /* + first event id */
};

struct asli_key asli_key_of(enum asli_key_kind kind);
struct asli_key asli_key_id(enum asli_key_kind kind, uint64_t id);
struct asli_key asli_key_machine(const unsigned char hash[16]);
struct asli_key asli_key_name(const char *name, const char *arn); /* arn NULL: prefix */
struct asli_key asli_key_row(uint64_t id, enum asli_row_kind kind);
struct asli_key asli_key_frame(uint64_t id, uint32_t serial);
struct asli_key asli_key_result(uint64_t id, uint32_t serial, uint32_t index);
struct asli_key asli_key_history(uint64_t id, uint64_t first_event);
static inline asl_slice asli_key_slice(const struct asli_key *key)
{
    return (asl_slice){key->bytes, key->len};
}
/* The first key after all that begin with `key`. */
struct asli_key asli_key_after(struct asli_key key);
uint64_t asli_key_read_u64(asl_slice key, size_t offset);
uint32_t asli_key_read_u32(asl_slice key, size_t offset);

/* ---- rows: every value but the store's, the lease's and the batch number's ends with a
 * checksum of four bytes, written by asli_value_end, verified and left out by these two ---- */

/* Of the value that begins at `start` of `out`. */
void asli_value_end(struct asli_bytes *out, size_t start);
/* Of a value as the store gave it: leaves the checksum out, or ASL_EFORMAT. */
int asli_value_verify(asl_slice *value, asl_error *reterr);
/* asl_store_get; ASL_EFORMAT when the checksum is wrong. */
int asli_get(asl_store *store, void *snapshot, const struct asli_key *key,
             asl_slice *ret_value, asl_error *reterr);
/* asl_store_scan over all keys that begin with `prefix`. */
int asli_scan(asl_store *store, void *snapshot, const struct asli_key *prefix,
              int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr);

/* ---- values: encoders append to `out` (oom sticks there) ---- */

void asli_encode_execution(struct asli_bytes *out, const struct asli_execution *x);
void asli_encode_frame(struct asli_bytes *out, const struct asli_frame *f);
void asli_encode_wake(struct asli_bytes *out, int64_t deadline, unsigned flags,
                      const struct asli_wake *wake);
void asli_encode_history(struct asli_bytes *out, const struct asli_execution *x);
void asli_encode_payload(struct asli_bytes *out, const struct asli_payload *payload);
void asli_encode_machine(struct asli_bytes *out, const asl_machine *machine);

/* What an execution row says. Texts owned. */
struct asli_summary {
    uint64_t id;
    enum asl_status status;
    int64_t start_time, stop_time, timeout_at;
    char *name, *arn, *machine_name, *error, *cause;
    unsigned char machine_hash[16];
    struct asli_payload *input, *output;
};
int asli_decode_execution(asl_slice value, uint64_t id, struct asli_summary *ret_summary,
                          asl_error *reterr);
void asli_summary_done(struct asli_summary *summary);

/* A frame row; the parent's serial is 0 with `root` set. Fills frame->d and wants the machine. */
struct asli_frame_row {
    uint32_t parent, scope, index;
    bool root;
};
int asli_decode_frame(asl_slice value, asl_machine *machine, struct asli_frame_row *row,
                      struct asli_frame_data *ret_data, asl_error *reterr);

#define ASLI_WAKE_ATTENTION 1u
struct asli_wake_row {
    int64_t deadline;
    unsigned flags;
    uint32_t count[ASLI_WAITS];
};
int asli_decode_wake(asl_slice value, struct asli_wake_row *ret_row, asl_error *reterr);
struct asli_payload *
asli_decode_payload(struct asli_reader *r); /* NULL with r->bad: damaged */

struct asli_machine_row {
    char *name, *definition; /* owned */
    size_t len;
    bool express;
};
int asli_decode_machine(asl_slice value, struct asli_machine_row *ret_row,
                        asl_error *reterr);

/* ---- history rows ---- */

/* A decoded event with its payload: text inline, or a reference into an earlier row. */
struct asli_stored_event {
    struct asl_event e; /* texts owned by it; state, resource... point into `strings` */
    char *strings[3];
    const char *payload_text; /* borrowed from the row; NULL: reference or none */
    size_t payload_len;
    uint64_t payload_row, payload_event; /* a reference when payload_event is not 0 */
    struct asli_assigned_text *assigned; /* names owned, texts borrowed from the row */
    size_t assigned_count;
};
void asli_stored_event_done(struct asli_stored_event *event);
/* Goes through a row's events; `fn` returns 0 to go on. */
typedef int asli_stored_event_fn(void *arg, struct asli_stored_event *event);
int asli_decode_history(asl_slice value, uint64_t first_event, asli_stored_event_fn *fn,
                        void *arg, asl_error *reterr);
/* What a history row begins with. */
struct asli_history_head {
    uint32_t count, next_serial;
    int64_t time; /* of its last event */
};
int asli_decode_history_head(asl_slice value, struct asli_history_head *ret_head,
                             asl_error *reterr);

/* The text of a payload that stands in the history. */
int asli_record_payload(struct asli_execution *x, const struct asli_payload *payload,
                        char **ret_text, size_t *ret_len, asl_error *reterr);
int asli_payload_fetch(asl_store *store, void *snapshot, uint64_t id,
                       const struct asli_payload *payload, char **ret_text,
                       size_t *ret_len, asl_error *reterr);

int asli_damaged(asl_error *reterr, const char *what); /* ASL_EFORMAT */
/* What a reader that went bad says: ASL_EFORMAT or ASL_ENOMEM. */
int asli_bad_record(const struct asli_reader *r, asl_error *reterr, const char *what);

#endif
