/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of access keys.
 */
#include "server/keys.h"

#include <ctype.h>
#include <string.h>

#include "engine/base/alloc.h"

enum { ID, SECRET, ACCOUNT, REGION, FIELDS };

/* The words of a line; more than FIELDS: too many. */
static size_t split(const char *line, size_t len, const char **words, size_t *lens)
{
    size_t count = 0;
    for (size_t at = 0; at < len;) {
        size_t begin = at;
        while (at < len && !isspace((unsigned char)line[at]))
            at++;
        if (at > begin) {
            if (count < FIELDS)
                words[count] = line + begin, lens[count] = at - begin;
            count++;
        }
        while (at < len && isspace((unsigned char)line[at]))
            at++;
    }
    return count;
}

static bool is_account(const char *word, size_t len)
{
    return len == 12 && strspn(word, "0123456789") >= 12;
}

/* It becomes a part of a path, and of ARNs. */
static bool is_region(const char *word, size_t len)
{
    return len <= 32 && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") >= len;
}

static int add(struct asli_keys *keys, const char **words, const size_t *lens,
               asl_error *reterr)
{
    struct asli_key *list =
        asli_realloc(keys->list, (keys->count + 1) * sizeof *keys->list);
    if (!list)
        return asli_oom(reterr);
    keys->list = list;
    struct asli_key *key = &list[keys->count++];
    *key = (struct asli_key){.id = asli_strndup(words[ID], lens[ID]),
                             .secret = asli_strndup(words[SECRET], lens[SECRET]),
                             .account = asli_strndup(words[ACCOUNT], lens[ACCOUNT]),
                             .region = asli_strndup(words[REGION], lens[REGION])};
    return key->id && key->secret && key->account && key->region ? 0 : asli_oom(reterr);
}

static int read_line(struct asli_keys *keys, const char *line, size_t len, int number,
                     asl_error *reterr)
{
    const char *words[FIELDS];
    size_t lens[FIELDS], count = split(line, len, words, lens);
    if (count == 0 || words[0][0] == '#')
        return 0;
    if (count != FIELDS)
        return asl_error_set(reterr, ASL_EINVAL,
                             "line %d: a key is access key, secret, account and region",
                             number);
    if (!is_account(words[ACCOUNT], lens[ACCOUNT]))
        return asl_error_set(reterr, ASL_EINVAL, "line %d: an account is twelve digits",
                             number);
    if (!is_region(words[REGION], lens[REGION]))
        return asl_error_set(reterr, ASL_EINVAL, "line %d: a region is like us-east-1",
                             number);
    for (size_t i = 0; i < keys->count; i++) {
        if (strlen(keys->list[i].id) == lens[ID] &&
            memcmp(keys->list[i].id, words[ID], lens[ID]) == 0)
            return asl_error_set(reterr, ASL_EINVAL,
                                 "line %d: the access key is there twice", number);
    }
    return add(keys, words, lens, reterr);
}

int asli_keys_read(const char *text, struct asli_keys *ret_keys, asl_error *reterr)
{
    struct asli_keys keys = {0};
    int rc = 0, number = 1;
    for (const char *line = text; rc == 0 && *line; number++) {
        size_t len = strcspn(line, "\n");
        rc = read_line(&keys, line, len, number, reterr);
        line += len + (line[len] == '\n');
    }
    if (rc == 0 && keys.count == 0)
        rc = asl_error_set(reterr, ASL_EINVAL, "there is no key in it");
    if (rc == 0)
        *ret_keys = keys;
    else
        asli_keys_done(&keys);
    return rc;
}

void asli_keys_done(struct asli_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        asli_free(keys->list[i].id);
        asli_free(keys->list[i].secret);
        asli_free(keys->list[i].account);
        asli_free(keys->list[i].region);
    }
    asli_free(keys->list);
    *keys = (struct asli_keys){0};
}
