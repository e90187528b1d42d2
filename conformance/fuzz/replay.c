/* SPDX-License-Identifier: Apache-2.0
 *
 * Gives a fuzzer's target each file of the folders named: an ordinary program and test, with any
 * compiler. An input is a block of its own size, so that sanitizers see reads behind it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"
#include "conformance/kit/need.h"

static int replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END))
        return -1;
    long len = ftell(in);
    uint8_t *data = need(malloc(len > 0 ? (size_t)len : 1));
    rewind(in);
    size_t got = fread(data, 1, (size_t)len, in);
    fclose(in);
    LLVMFuzzerTestOneInput(data, got);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    printf("1..%d\n", argc - 1);
    for (int i = 1; i < argc; i++) {
        int count = 0;
        DIR *dir = opendir(argv[i]);
        struct dirent *entry;
        while (dir && (entry = readdir(dir)))
            if (entry->d_name[0] != '.' && !replay(argv[i], entry->d_name))
                count++;
        if (dir)
            closedir(dir);
        failed += !count;
        printf("%sok %d - %s goes through\n", count ? "" : "not ", i, argv[i]);
    }
    return failed != 0;
}
