/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine's side of the benchmark, over the public API.
 *
 *     engine durable FOLDER IN_FLIGHT EXECUTIONS    ten Task steps each, on LMDB in FOLDER
 *     engine memory CASES_FILE NAME|all SECONDS     a case of cases.json, without a store
 *     engine parked FOLDER EXECUTIONS               executions that wait for a year
 *     engine map FOLDER ITEMS                       a distributed Map over a CSV file
 *     engine curves NAME|all SECONDS                cost at rising sizes, a point so long
 *
 * FOLDER is made, and removed with what is in it.
 */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

asl_machine *bench_machine(const char *definition)
{
    asl_machine *machine;
    asl_error error = {0};
    if (asl_machine_load(definition, (size_t)-1, NULL, &machine, NULL, &error))
        bench_die("%s", error.text);
    return machine;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (argc == 5 && !strcmp(command, "durable"))
        bench_durable(argv[2], (int)strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    else if (argc == 5 && !strcmp(command, "memory"))
        bench_memory_case(argv[2], argv[3], strtod(argv[4], NULL));
    else if (argc == 4 && !strcmp(command, "parked"))
        bench_parked(argv[2], strtol(argv[3], NULL, 10));
    else if (argc == 4 && !strcmp(command, "map"))
        bench_map(argv[2], strtol(argv[3], NULL, 10));
    else if (argc == 4 && !strcmp(command, "curves"))
        bench_curves(argv[2], strtod(argv[3], NULL));
    else
        bench_die("usage: engine curves|durable|map|memory|parked ARGUMENT...");
    return 0;
}
