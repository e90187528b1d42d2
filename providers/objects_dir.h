/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two files of the directory of objects share: the way from a key to a directory.
 */
#ifndef ASLI_OBJECTS_DIR_H
#define ASLI_OBJECTS_DIR_H

#include <sys/stat.h>

#include <asl/objects.h>

struct asli_objects_dir {
    int root; /* a file descriptor */
};

/* Opens the directory of the bucket: a descriptor of the caller's. 0, ASL_NO_SUCH_BUCKET, ... */
int asli_dir_bucket(const struct asli_objects_dir *dir, const char *bucket, int *ret_fd,
                    asl_error *reterr);
/* What errno says of something below a bucket: an answer, or ASL_ESYSTEM with a text. */
int asli_dir_errno(int number, const char *what, asl_error *reterr);
int asli_dir_open_at(int fd, const char *name); /* a directory, never through a link */

int asli_dir_list(void *self, const char *bucket, const char *prefix, const char *after,
                  void **ret_list, asl_error *reterr);
int asli_dir_list_next(void *self, void *list, asl_object_info *ret_info,
                       asl_error *reterr);
void asli_dir_list_end(void *self, void *list);

#endif
