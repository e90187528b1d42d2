/* SPDX-License-Identifier: Apache-2.0
 *
 * History events: their in-memory form until the batch that holds them is durable, and their
 * AWS form for readers.
 */
#ifndef ASLI_HISTORY_H
#define ASLI_HISTORY_H

#include "engine/event_type.h"
#include "engine/machine.h"
#include "engine/payload.h"
#include "engine/variables.h"

/* What the details of a type hold. */
enum asli_shape {
    ASLI_SHAPE_NONE,
    ASLI_SHAPE_STARTED, /* payload input, text roleArn, number version?, resource alias? */
    ASLI_SHAPE_OUTPUT,  /* payload output */
    ASLI_SHAPE_ERROR,   /* error?, cause? */
    ASLI_SHAPE_ENTERED,   /* name, payload input */
    ASLI_SHAPE_EXITED,    /* name, payload output, variables? */
    ASLI_SHAPE_LENGTH,    /* number */
    ASLI_SHAPE_ITERATION, /* name, number index */
    ASLI_SHAPE_TASK_SCHEDULED, /* resource, resource type, region, payload parameters, clocks */
    ASLI_SHAPE_TASK,       /* resource, resource type, payload output?, error?, cause? */
    ASLI_SHAPE_SCHEDULED,  /* resource, payload input, clocks */
    ASLI_SHAPE_WORKER,     /* text workerName? */
    ASLI_SHAPE_REDRIVEN,   /* number */
    ASLI_SHAPE_MAP_RUN,    /* text mapRunArn, number redriveCount? */
    ASLI_SHAPE_EVALUATION, /* state, text location?, error, cause */
};

struct asl_event {
    enum asli_event_type type;
    bool has_number;
    uint64_t id, previous;
    int64_t time;
    const char *
        state; /* name of the state it belongs to; borrowed from the machine, may be NULL */
    const struct asli_execution *x; /* that lives as long as the batch that holds it */
    struct asli_payload *payload;
    struct asli_variables *assigned; /* EXITED: owned; NULL: none */
    char *error, *cause;
    char *text; /* roleArn, workerName, region, taskCredentials' roleArn, location */
    const char *resource,
        *resource_type; /* borrowed from the machine; the first, of ExecutionStarted, from the
                           execution: its alias */
    int64_t number;     /* length, index, version */
    int64_t timeout, heartbeat; /* seconds; 0: not declared */
    uint32_t redrives;          /* of the execution, so far */
};

/* AWS's limits of an Error and a Cause, in characters (asl-reference 8.3, 15.2). */
#define ASLI_ERROR_CHARS 256
#define ASLI_CAUSE_CHARS 32768
/* Ends the text after that many characters; NULL is allowed. */
void asli_text_clip(char *text, size_t chars);
/* Is it longer? */
bool asli_text_exceeds(const char *text, size_t chars);

const char *asli_event_name(enum asli_event_type type);
void asli_event_done(struct asl_event *event); /* frees what it owns */

/* By which alias (NULL: none) and version (0: none) an execution was started. 0, or not: out of
 * memory. */
int asli_put_started_by(json_t *o, const char *machine_arn, int64_t version,
                        const char *alias);

/* A variable of a decoded event, with its value's JSON text. */
struct asli_assigned_text {
    const char *name, *text;
    size_t len;
};

/* A decoded event, texts borrowed from the row or owned by the reader (engine/record.h), as AWS
 * shows it: {"timestamp", "type", "id", "previousEventId", details}. *ret_json is a new reference. */
struct asli_event_texts {
    const char *region, *machine_arn;
    bool no_data;        /* leaves inputs and outputs out */
    const char *payload; /* NULL: none */
    size_t payload_len;
    const struct asli_assigned_text *assigned;
    size_t assigned_count;
};
int asli_event_json(const struct asl_event *event, const struct asli_event_texts *texts,
                    json_t **ret_json, asl_error *reterr);

#endif
