/* SPDX-License-Identifier: Apache-2.0
 *
 * A directory of a test's own, under $TMPDIR or /tmp, and its removal with the plain files in it.
 */
#ifndef KIT_TEMPDIR_H
#define KIT_TEMPDIR_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Makes one and stores its path; false when that cannot be done. */
static inline int tempdir_make(char *ret_path, size_t size)
{
    const char *top = getenv("TMPDIR");
    int len = snprintf(ret_path, size, "%s/asl-test-XXXXXX", top && *top ? top : "/tmp");
    return len > 0 && (size_t)len < size && mkdtemp(ret_path) != NULL;
}

/* Removes it and the files in it, but no directory below it. */
static inline void tempdir_remove(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(path);
}

#endif
