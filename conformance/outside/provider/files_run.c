/* SPDX-License-Identifier: Apache-2.0
 *
 * A program with the provider: runs the state machine in a file, on the files of the working
 * directory. Usage: files_run DEFINITION INPUT
 */
#include <stdio.h>

#include "files_provider.h"

static int read_text(const char *path, char *text, size_t size)
{
    FILE *in = fopen(path, "r");
    size_t len = in != NULL ? fread(text, 1, size - 1, in) : 0;
    text[len] = '\0';
    return in != NULL ? fclose(in) : -1;
}

int main(int argc, char **argv)
{
    static char definition[65536];
    asl_engine *engine = NULL;
    asl_machine *machine = NULL;
    asl_error error = {0};
    enum asl_status status = ASL_FAILED;
    char *output = NULL, *failure = NULL, *cause = NULL;
    if (argc != 3 || read_text(argv[1], definition, sizeof definition) != 0) {
        fputs("usage: files_run DEFINITION INPUT\n", stderr);
        return 2;
    }
    if (asl_engine_open(NULL, &engine, &error) == 0 &&
        files_provider_add(engine, ".", &error) == 0 &&
        asl_machine_load(definition, (size_t)-1, NULL, &machine, NULL, &error) == 0)
        asl_run_sync(engine, machine, argv[2], &status, &output, &failure, &cause,
                     &error);
    if (error.code != 0)
        fprintf(stderr, "%s\n", error.text);
    else
        printf("%s %s %s\n", asl_status_name(status), output != NULL ? output : failure,
               cause != NULL ? cause : "");
    asl_free(output);
    asl_free(failure);
    asl_free(cause);
    asl_machine_unref(machine);
    asl_engine_close(engine);
    return error.code != 0 || status != ASL_SUCCEEDED;
}
