/* SPDX-License-Identifier: Apache-2.0
 *
 * A program that brings its own malloc: the linker gives it to libasl and to all it is built on.
 * Real ones are linked (-ljemalloc, -lmimalloc) or preloaded; this one counts blocks, and checks
 * that an engine's life leaves none behind.
 */
#include <stdio.h>
#include <stdlib.h>

#include <asl.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static long taken, given_back;

static void *counted(void *block)
{
    if (block != NULL)
        __atomic_add_fetch(&taken, 1, __ATOMIC_RELAXED);
    return block;
}

void *malloc(size_t size)
{
    return counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return counted(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    void *grown = __libc_realloc(block, size);
    if (block == NULL)
        counted(grown);
    return grown;
}

void free(void *block)
{
    if (block != NULL)
        __atomic_add_fetch(&given_back, 1, __ATOMIC_RELAXED);
    __libc_free(block);
}

static int greet(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_string("hello"), NULL);
}

static int run(void)
{
    static const char text[] =
        "{\"StartAt\": \"Greet\", \"States\": {\"Greet\":"
        " {\"Type\": \"Task\", \"Resource\": \"handler:greet\", \"End\": true}}}";
    asl_engine *engine = NULL;
    asl_machine *machine = NULL;
    enum asl_status status = ASL_FAILED;
    char *output = NULL;
    if (asl_engine_open(NULL, &engine, NULL) == 0 &&
        asl_handler(engine, "greet", greet, NULL, 0, NULL) == 0 &&
        asl_machine_load(text, (size_t)-1, NULL, &machine, NULL, NULL) == 0)
        asl_run_sync(engine, machine, NULL, &status, &output, NULL, NULL, NULL);
    asl_free(output);
    asl_machine_unref(machine);
    asl_engine_close(engine);
    return status == ASL_SUCCEEDED;
}

int main(void)
{
    run(); /* what the C library keeps for ever */
    long taken_before = taken, left_before = taken - given_back;
    int fine = run();
    long took = taken - taken_before, left = taken - given_back - left_before;
    printf("%ld blocks were taken here, %ld are left\n", took, left);
    return !fine || took < 50 || left != 0;
}
