/* SPDX-License-Identifier: Apache-2.0
 *
 * A task provider for two resources, whose tasks work on the files of one folder:
 *
 *     arn:aws:states:::files:read     {"Name": "a"}                 gives {"Text": "..."}
 *     arn:aws:states:::files:write    {"Name": "a", "Text": "..."}  gives {"Bytes": 3}
 *
 * Files can be slow, so the work is done on the host's workers. A task may be given to us again
 * after a crash: writing the same text to the same file twice does no harm.
 */
#include "files_provider.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 65536

struct files {
    char *folder;
};

/* One task at work. It holds a reference to the task, which holds its input. */
struct job {
    asl_task *task;
    char path[512];
};

/* ---- the work ---- */

static void fail(asl_task *task, const char *path)
{
    const char *error = errno == ENOENT ? "Files.NotFound" : "Files.Trouble";
    char cause[640];
    snprintf(cause, sizeof cause, "%s: %s", path, strerror(errno));
    asl_task_fail(task, error, cause, NULL);
}

/* The output {key: value}; no value: memory was short, or a text is no UTF-8. */
static void succeed(asl_task *task, const char *key, json_t *take_value)
{
    json_t *output = json_object();
    if (json_object_set_new(output, key, take_value) == 0) {
        asl_task_succeed(task, output, NULL);
        return;
    }
    json_decref(output);
    asl_task_fail(task, "Files.Trouble", "the output cannot be made", NULL);
}

static void read_file(asl_task *task, const char *path)
{
    FILE *in = fopen(path, "r");
    char *text = in != NULL ? malloc(LONGEST) : NULL;
    if (text != NULL)
        succeed(task, "Text", json_stringn(text, fread(text, 1, LONGEST, in)));
    else
        fail(task, path);
    free(text);
    if (in != NULL)
        fclose(in);
}

static void write_file(asl_task *task, const char *path)
{
    const char *text = json_string_value(json_object_get(asl_task_input(task), "Text"));
    size_t len = text != NULL ? strlen(text) : 0;
    FILE *out = fopen(path, "w");
    int failed = out == NULL || fwrite(text, 1, len, out) != len;
    if (out != NULL && fclose(out) != 0)
        failed = 1;
    if (failed)
        fail(task, path);
    else
        succeed(task, "Bytes", json_integer((json_int_t)len));
}

/* ---- jobs ---- */

static void drop(void *arg)
{
    struct job *job = arg;
    asl_task_unref(job->task);
    free(job);
}

/* On a worker. */
static void run(void *arg)
{
    struct job *job = arg;
    const asl_resource *resource = asl_task_resource_info(job->task);
    if (!asl_task_cancelled(job->task)) {
        if (strcmp(asl_resource_name(resource), "files:read") == 0)
            read_file(job->task, job->path);
        else
            write_file(job->task, job->path);
    }
    drop(job);
}

/* ---- asl_provider_ops ---- */

static int claims(void *self, const asl_resource *resource)
{
    const char *name = asl_resource_name(resource);
    return asl_resource_kind_of(resource) == ASL_RESOURCE_SERVICE &&
           asl_resource_pattern(resource) == ASL_PATTERN_REQUEST &&
           (strcmp(name, "files:read") == 0 || strcmp(name, "files:write") == 0);
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    const struct files *files = self;
    const char *name = json_string_value(json_object_get(asl_task_input(task), "Name"));
    if (name == NULL || *name == '\0' || *name == '.' || strchr(name, '/') != NULL)
        return asl_task_fail(task, "Files.BadName", "Name must be that of a file",
                             reterr);
    struct job *job = malloc(sizeof *job);
    if (job == NULL)
        return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    job->task = asl_task_ref(task);
    snprintf(job->path, sizeof job->path, "%s/%.255s", files->folder, name);
    int rc = asl_engine_submit(asl_task_engine(task), run, drop, job, reterr);
    if (rc != 0)
        drop(job);
    return rc;
}

static void on_close(void *self)
{
    struct files *files = self;
    free(files->folder);
    free(files);
}

static const asl_provider_ops ops = {
    .size = sizeof ops,
    .name = "files",
    .claims = claims,
    .start = start,
    .close = on_close,
};

int files_provider_add(asl_engine *engine, const char *folder, asl_error *reterr)
{
    struct files *files = calloc(1, sizeof *files);
    if (files == NULL || (files->folder = strdup(folder)) == NULL) {
        free(files);
        return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    }
    return asl_engine_add_provider(engine, &ops, files,
                                   reterr); /* closes it, should it fail */
}
