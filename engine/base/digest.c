/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashes by name, by libcrypto.
 */
#include "engine/base/digest.h"

#include <asl/error.h>
#include <openssl/evp.h>
#include <string.h>

static const EVP_MD *find_digest(const char *name, size_t len)
{
    static const struct {
        const char *name;
        const EVP_MD *(*digest)(void);
    } digests[] = {
        {"MD5", EVP_md5},        {"SHA-1", EVP_sha1},     {"SHA-256", EVP_sha256},
        {"SHA-384", EVP_sha384}, {"SHA-512", EVP_sha512},
    };
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
        if (strlen(digests[i].name) == len && !memcmp(digests[i].name, name, len))
            return digests[i].digest();
    return NULL;
}

bool asli_digest_known(const char *algorithm, size_t len)
{
    return find_digest(algorithm, len);
}

int asli_digest_hex(const char *algorithm, size_t algorithm_len, const void *data,
                    size_t len, char ret_hex[ASLI_DIGEST_HEX])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned count;
    const EVP_MD *digest = find_digest(algorithm, algorithm_len);
    if (!digest)
        return ASL_EINVAL;
    if (!EVP_Digest(data, len, hash, &count, digest, NULL))
        return ASL_ESYSTEM;
    for (unsigned i = 0; i < count; i++) {
        ret_hex[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        ret_hex[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    ret_hex[2 * count] = '\0';
    return 0;
}
