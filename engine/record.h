/* SPDX-License-Identifier: Apache-2.0
 *
 * The store format: every key and value of libasl is made and read here (docs/store-format.md).
 *
 * Keys begin with a partition (0) and a kind. What a batch writes stands together, so that it
 * touches few pages: history rows in the order of batches, the rest in the order of execution
 * ids, which rise with time. Every value begins with a format byte.
 */
#ifndef ASLI_RECORD_H
#define ASLI_RECORD_H

#include <asl/store.h>

#include "engine/base/bytes.h"
#include "engine/execution.h"

#define ASLI_FORMAT 3
#define ASLI_STORE_VERSION 3

/* ---- keys ---- */

struct asli_key {
    unsigned char bytes[64];
    size_t len;
};
enum asli_key_kind {
    ASLI_KEY_OWN = 'K',       /* + a key of somebody else: asl/host.h */
    ASLI_KEY_STORE = 'a',     /* version, virtual flag */
    ASLI_KEY_LEASE = 'b',     /* epoch of the engine that writes */
    ASLI_KEY_START = 'c',     /* + id: an Express execution that was started */
    ASLI_KEY_MACHINE = 'd',   /* + hash: definition */
    ASLI_KEY_NAME = 'e',      /* + hash of name + hash of ARN: execution id */
    ASLI_KEY_EXECUTION = 'f', /* + id: what DescribeExecution shows */
    ASLI_KEY_RUNNING = 'g',   /* + id: where it stands, while it runs */
    ASLI_KEY_ROWS = 'h',      /* + id + kind: see below */
    ASLI_KEY_REMOVAL = 'i',   /* + id: rows of no execution any more, or of none yet */
    ASLI_KEY_HISTORY = 'j',   /* + batch + id: its events of that batch; the last kind, so
                                 that new rows come behind all others */
};
enum asli_row_kind {
    ASLI_ROW_FRAME = 1,  /* + serial */
    ASLI_ROW_RUN = 4,    /* + MapRunStarted event: a Map run */
    ASLI_ROW_CHILD = 5,  /* + MapRunStarted event + number: a child execution of it */
    ASLI_ROW_RESULT = 2, /* + serial of the Map + index */
};

struct asli_key asli_key_of(enum asli_key_kind kind);
struct asli_key asli_key_id(enum asli_key_kind kind, uint64_t id);
struct asli_key asli_key_own(const void *key, size_t len); /* at most 62 bytes */
struct asli_key asli_key_machine(const unsigned char hash[16]);
struct asli_key asli_key_name(const char *name, const char *arn); /* arn NULL: prefix */
struct asli_key asli_key_row(uint64_t id, enum asli_row_kind kind);
struct asli_key asli_key_frame(uint64_t id, uint32_t serial);
struct asli_key asli_key_run(uint64_t id, uint64_t event);
struct asli_key asli_key_children(uint64_t id, uint64_t event); /* of that run */
struct asli_key asli_key_child(uint64_t id, uint64_t event, uint64_t index);
struct asli_key asli_key_result(uint64_t id, uint32_t serial, uint32_t index);
struct asli_key asli_key_history(uint64_t batch, uint64_t id);
static inline asl_slice asli_key_slice(const struct asli_key *key)
{
    return (asl_slice){key->bytes, key->len};
}
/* The first key after all that begin with `key`. */
struct asli_key asli_key_after(struct asli_key key);
uint64_t asli_key_read_u64(asl_slice key, size_t offset);
uint32_t asli_key_read_u32(asl_slice key, size_t offset);

/* ---- rows: every value but the store's and the lease's ends with a checksum of four bytes, written by
 * asli_value_end, verified and left out by these two ---- */

/* Of the value that begins at `start` of `out`. */
void asli_value_end(struct asli_bytes *out, size_t start);
/* Of a value as the store gave it: leaves the checksum out, or ASL_EFORMAT. */
int asli_value_verify(asl_slice *value, asl_error *reterr);
/* asl_store_get; ASL_EFORMAT when the checksum is wrong. */
int asli_get(asl_store *store, void *snapshot, const struct asli_key *key,
             asl_slice *ret_value, asl_error *reterr);
/* The same of a row that has to be there: ASL_EFORMAT when it is not. */
int asli_get_needed(asl_store *store, void *snapshot, const struct asli_key *key,
                    const char *what, asl_slice *ret_value, asl_error *reterr);
/* asl_store_scan over all keys that begin with `prefix`. */
int asli_scan(asl_store *store, void *snapshot, const struct asli_key *prefix,
              int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr);
/* The same from one key up to another, which is left out. */
int asli_scan_between(asl_store *store, void *snapshot, const struct asli_key *from,
                      const struct asli_key *to, asl_scan_fn *fn, void *arg,
                      asl_error *reterr);

/* And backwards. */
int asli_scan_back(asl_store *store, void *snapshot, const struct asli_key *from,
                   const struct asli_key *to, asl_scan_fn *fn, void *arg,
                   asl_error *reterr);

/* ---- values: encoders append to `out` (oom sticks there) ---- */

/* As the execution is after `batch`, which holds its pending events. */
void asli_encode_execution(struct asli_bytes *out, const struct asli_execution *x,
                           uint64_t batch);
void asli_encode_running(struct asli_bytes *out, const struct asli_execution *x,
                         uint64_t batch);
void asli_encode_history(struct asli_bytes *out, const struct asli_execution *x,
                         uint64_t batch);
void asli_encode_frame(struct asli_bytes *out, const struct asli_frame *f);
void asli_encode_payload(struct asli_bytes *out, const struct asli_payload *payload);
void asli_encode_machine(struct asli_bytes *out, const asl_machine *machine);

/* What an execution row says. Texts owned. */
struct asli_summary {
    uint64_t id;
    enum asl_status status;
    int64_t start_time, stop_time, timeout_at;
    uint32_t redrive_count;
    int64_t redrive_time; /* of the last; 0: none */
    char *name, *arn, *error, *cause;
    unsigned char machine_hash[16];
    uint32_t version; /* of the state machine; 0: none */
    char *alias;
    struct asli_kin kin;
    size_t kin_at; /* where the row names kin.parent */
    struct asli_payload *input, *output;
    uint64_t row; /* of the end of its history; 0: it runs, see asli_history_end */
};
int asli_decode_execution(asl_slice value, uint64_t id, struct asli_summary *ret_summary,
                          asl_error *reterr);
void asli_summary_done(struct asli_summary *summary);
/* The row `value` of `s`, a child's, with another parent. */
void asli_encode_adopted(struct asli_bytes *out, asl_slice value,
                         const struct asli_summary *s, uint64_t parent);
/* ASL_ENOTFOUND when it is missing. */
int asli_summary_find(asl_store *store, void *snapshot, uint64_t id,
                      struct asli_summary *ret_summary, asl_error *reterr);
/* ASL_EFORMAT when it is missing. */
int asli_summary_get(asl_store *store, void *snapshot, uint64_t id,
                     struct asli_summary *ret_summary, asl_error *reterr);

/* Of a Map run: its child of some number. An Express child has no other row: this one tells all
 * there is. */
struct asli_child_row {
    uint64_t id, items; /* id 0: an Express one */
    enum asl_status status;
    asl_slice express; /* for asli_decode_express: borrowed */
};
void asli_encode_child(struct asli_bytes *out, const struct asli_child_row *row);
int asli_decode_child(asl_slice value, struct asli_child_row *ret_row, asl_error *reterr);
/* What follows of an Express child: as an execution row would say it, and the scope in which it
 * begins. The texts of its input and output are there. */
void asli_encode_express(struct asli_bytes *out, const struct asli_execution *x);
int asli_decode_express(const struct asli_child_row *row,
                        struct asli_summary *ret_summary, uint32_t *ret_scope,
                        asl_error *reterr); /* ret_scope may be NULL */
/* A run row, of the event that its key has; `ret_arn` may be NULL. */
int asli_decode_run(asl_slice value, uint64_t event, struct asli_map_run **ret_run,
                    char **ret_arn, asl_error *reterr);

/* A frame row; the parent's serial is 0 with `root` set. Fills frame->d and wants the machine. */
struct asli_frame_row {
    uint32_t parent, scope, index;
    uint64_t run; /* the row of its Map run; 0: none */
    bool root;
};
int asli_decode_frame(asl_slice value, asl_machine *machine, struct asli_frame_row *row,
                      struct asli_frame_data *ret_data, asl_error *reterr);

/* Where a running execution stands: when to go on, the end of its history, its root frame. */
#define ASLI_ATTENTION 1u /* must be loaded when the store is opened */
struct asli_running_row {
    int64_t deadline; /* INT64_MAX: none */
    unsigned flags;
    uint32_t count[ASLI_WAITS];
    struct asli_tail tail;
    uint64_t next_event;
    uint32_t next_serial;
    asl_slice root; /* its frame, for asli_decode_frame: borrowed */
};
int asli_decode_running(asl_slice value, struct asli_running_row *ret_row,
                        asl_error *reterr);
struct asli_payload *
asli_decode_payload(struct asli_reader *r); /* NULL with r->bad: damaged */

/* How an Express execution begins. Texts owned. */
struct asli_start_row {
    unsigned char machine_hash[16];
    char *name, *arn;
    uint32_t version;
    char *alias;
    struct asli_payload *input;
};
void asli_encode_start(struct asli_bytes *out, const struct asli_execution *x);
int asli_decode_start(asl_slice value, struct asli_start_row *ret_row, asl_error *reterr);
void asli_start_row_done(struct asli_start_row *row);

struct asli_machine_row {
    char *name, *definition; /* owned, as the rest */
    size_t len;
    bool express;
    char *role, *revision; /* NULL: not given */
    int64_t updated;
};
int asli_decode_machine(asl_slice value, struct asli_machine_row *ret_row,
                        asl_error *reterr);
void asli_machine_row_done(struct asli_machine_row *row);

/* ---- history rows: a chain from an execution's last row to its first ---- */

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
/* `row`: its batch, as its key says. */
int asli_decode_history(asl_slice value, uint64_t row, asli_stored_event_fn *fn,
                        void *arg, asl_error *reterr);

/* What a history row begins with. A row that holds an event numbered 1, 257, 513... is a landmark:
 * each names the last one before it, so that a page far back is found in a few reads. */
#define ASLI_LANDMARK 256
struct asli_history_head {
    uint64_t first;              /* its first event */
    uint64_t previous, landmark; /* rows; 0: none */
    uint32_t count;
    int64_t time; /* of its last event */
};
int asli_decode_history_head(asl_slice value, uint64_t row,
                             struct asli_history_head *ret_head, asl_error *reterr);
int asli_history_head(asl_store *store, void *snapshot, uint64_t id, uint64_t row,
                      struct asli_history_head *ret_head, asl_error *reterr);
/* The last landmark of a history whose end is the row of this head. */
uint64_t asli_landmark_of(const struct asli_history_head *head, uint64_t row);
/* What x->tail becomes with `batch`. */
struct asli_tail asli_tail_after(const struct asli_execution *x, uint64_t batch);

/* The last row of an execution's history; 0: it has none. */
int asli_history_end(asl_store *store, void *snapshot, const struct asli_summary *s,
                     uint64_t *ret_row, asl_error *reterr);
/* The rows (uint64_t) that hold the events `first` to `last`, newest first, appended to `rows`;
 * `row` is the last of the history. */
int asli_history_rows(asl_store *store, void *snapshot, uint64_t id, uint64_t row,
                      uint64_t first, uint64_t last, struct asli_bytes *rows,
                      asl_error *reterr);
/* Calls `each` with every row of the history of `s`, the oldest first, until it gives not 0. */
int asli_history_each(asl_store *store, void *snapshot, const struct asli_summary *s,
                      int (*each)(void *arg, const struct asli_key *key, uint64_t row),
                      void *arg, asl_error *reterr);

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
