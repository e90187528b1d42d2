/* SPDX-License-Identifier: Apache-2.0
 *
 * ResultWriter: the results of a Map run's child executions, as files among the objects:
 *
 *     PREFIX/UUID/manifest.json     names the others, written last
 *     PREFIX/UUID/SUCCEEDED_0.json  FAILED_0.json, PENDING_0.json; _1 when a file grows too large
 *
 * They are streamed. Nothing depends on what was written before: after a crash all is written again
 * to the same keys.
 */
#ifndef ASLI_ITEMS_WRITER_H
#define ASLI_ITEMS_WRITER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <asl/objects.h>

#include "engine/base/error.h"

/* X(NAME, text) */
#define ASLI_WRITE_TRANSFORMATIONS(X)                                                    \
    X(NONE, "NONE") X(COMPACT, "COMPACT") X(FLATTEN, "FLATTEN")
#define ASLI_OUTPUT_TYPES(X) X(JSON, "JSON") X(JSONL, "JSONL")

enum asli_write_transformation {
#define ASLI_ROW(name, text) ASLI_WRITE_##name,
    ASLI_WRITE_TRANSFORMATIONS(ASLI_ROW)
#undef ASLI_ROW
};
enum asli_output_type {
#define ASLI_ROW(name, text) ASLI_OUTPUT_##name,
    ASLI_OUTPUT_TYPES(ASLI_ROW)
#undef ASLI_ROW
};

/* A child execution. Texts NULL: it has none. */
struct asli_child_result {
    const char *execution_arn, *state_machine_arn, *name;
    const char *status; /* "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"; "PENDING" */
    const char *input, *output; /* JSON texts */
    const char *error, *cause;
    int64_t start, stop; /* milliseconds since 1970; 0: not yet */
    int64_t redrive_count;
};

/* Appends to `array` what the transformation makes of the result: the execution's data (NONE, and
 * always when it did not succeed), its output, or (FLATTEN) the elements of an output that is an
 * array. So a Map without files gets its output, too. Errors: ASL_ENOMEM, or the output is no JSON:
 * ASL_EFORMAT. */
int asli_result_values(enum asli_write_transformation transformation,
                       const struct asli_child_result *result, json_t *array,
                       asl_error *reterr);

struct asli_writer_config {
    const char *bucket, *prefix; /* borrowed from arguments */
    enum asli_write_transformation transformation;
    bool lines;         /* JSONL */
    uint64_t max_bytes; /* of one file; 0: 5 GB, S3's own limit */
    json_t *arguments;
};
/* Checks the evaluated Parameters or Arguments ({"Bucket", "Prefix"}) and WriterConfig (NULL:
 * none). Without arguments bucket is NULL: nothing is to be written. */
int asli_writer_configure(json_t *arguments, const json_t *writer_config,
                          struct asli_writer_config *ret_config,
                          struct asli_failure *failure, asl_error *reterr);
void asli_writer_config_done(struct asli_writer_config *config);

struct asli_writer;

/* `config` must live as long as it. Failures are States.ResultWriterFailed. */
int asli_writer_new(asl_objects *objects, const struct asli_writer_config *config,
                    const char *map_run_arn, struct asli_writer **ret_writer,
                    struct asli_failure *failure, asl_error *reterr);
/* Results of one status are written in the order in which they are added. */
int asli_writer_add(struct asli_writer *w, const struct asli_child_result *result,
                    struct asli_failure *failure, asl_error *reterr);
/* Stores the files and then the manifest. *ret_result: {"MapRunArn", "ResultWriterDetails"}, the
 * Map state's result. */
int asli_writer_finish(struct asli_writer *w, json_t **ret_result,
                       struct asli_failure *failure, asl_error *reterr);
void asli_writer_free(
    struct asli_writer *w); /* discards what is not stored; NULL is allowed */

#endif
