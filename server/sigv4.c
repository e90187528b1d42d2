/* SPDX-License-Identifier: Apache-2.0
 *
 * AWS's Signature Version 4, the verifying side.
 *
 * The signature is an HMAC over a text made of date, scope and the hash of a canonical form of the
 * request. Before it is computed the header Authorization is read, and what a signature must cover
 * looked for: the host and all headers x-amz-*, as AWS wants it, so that none can be added. A signature
 * holds for five minutes, and as long it may be sent again: two equal requests within a second
 * have the same one, so it cannot be taken for a replay.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/base/digest.h"
#include "engine/base/time.h"
#include "server/keys.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define MINUTES 5
#define DATE_LEN 16 /* 20260101T120000Z */

struct word {
    const char *text;
    size_t len;
};

struct check {
    struct asli_keys *keys;
    const struct asli_signed *request;
    const char *service;
    int64_t now;
    enum asli_exception_id exception;
    struct asli_bytes *text;
    struct word credential, signed_headers, signature;
    struct word
        scope[5]; /* of the credential: key, day, region, service, "aws4_request" */
    struct asli_key *key;
    const char *authorization, *date;
};

static bool refused(struct check *c, enum asli_exception_id exception)
{
    c->exception = exception;
    return false;
}

static const char *header(const struct asli_signed *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return NULL;
}

static bool is_word(struct word word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.text, text, word.len) == 0;
}

/* ------------------------------------------------------------------ the header Authorization */

static void read_parameter(struct check *c, const char *at, size_t len)
{
    const char *equals = memchr(at, '=', len);
    if (!equals)
        return;
    struct word name = {at, (size_t)(equals - at)};
    struct word value = {equals + 1, len - name.len - 1};
    if (is_word(name, "Credential"))
        c->credential = value;
    else if (is_word(name, "SignedHeaders"))
        c->signed_headers = value;
    else if (is_word(name, "Signature"))
        c->signature = value;
}

static bool read_authorization(struct check *c)
{
    static const struct {
        const char *says;
        size_t at;
    } needed[] = {
        {"'Credential' parameter", offsetof(struct check, credential)},
        {"'Signature' parameter", offsetof(struct check, signature)},
        {"'SignedHeaders' parameter", offsetof(struct check, signed_headers)},
    };
    size_t said = c->text->len;
    c->authorization = header(c->request, "Authorization");
    if (!c->authorization) {
        asli_bytes_adds(c->text, "Missing Authentication Token");
        return refused(c, ASLI_EXCEPTION_MISSING_TOKEN);
    }
    if (strncmp(c->authorization, ALGORITHM " ", sizeof ALGORITHM) == 0) {
        for (const char *at = c->authorization + sizeof ALGORITHM; *at;) {
            size_t len = strcspn(at, ", ");
            read_parameter(c, at, len);
            at += len + strspn(at + len, ", ");
        }
    }
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        struct word value;
        memcpy(&value, (const char *)c + needed[i].at, sizeof value);
        if (!value.len)
            asli_bytes_addf(c->text, "Authorization header requires %s. ",
                            needed[i].says);
    }
    c->date = header(c->request, "X-Amz-Date");
    if (!c->date)
        asli_bytes_adds(c->text, "Authorization header requires existence of either a "
                                 "'X-Amz-Date' or a 'Date' header. ");
    if (c->text->len == said)
        return true;
    asli_bytes_addf(c->text, "Authorization=%s", c->authorization);
    return refused(c, ASLI_EXCEPTION_INCOMPLETE_SIGNATURE);
}

static bool read_scope(struct check *c)
{
    const char *at = c->credential.text, *end = at + c->credential.len;
    size_t count = 0;
    for (;; count++) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        if (count < 5)
            c->scope[count] = (struct word){at, (size_t)((slash ? slash : end) - at)};
        if (!slash)
            break;
        at = slash + 1;
    }
    if (count == 4)
        return true;
    asli_bytes_addf(c->text,
                    "Credential must have exactly 5 slash-delimited elements, e.g. "
                    "keyid/date/region/service/term, got '%.*s'",
                    (int)c->credential.len, c->credential.text);
    return refused(c, ASLI_EXCEPTION_INCOMPLETE_SIGNATURE);
}

/* ------------------------------------------------------------------ what it is for */

static bool find_key(struct check *c)
{
    for (size_t i = 0; i < c->keys->count; i++) {
        if (is_word(c->scope[0], c->keys->list[i].id))
            c->key = &c->keys->list[i];
    }
    if (c->key)
        return true;
    asli_bytes_adds(c->text, "The security token included in the request is invalid.");
    return refused(c, ASLI_EXCEPTION_UNRECOGNIZED_CLIENT);
}

static bool check_scope(struct check *c)
{
    size_t said = c->text->len;
    if (!is_word(c->scope[2], c->key->region))
        asli_bytes_addf(c->text,
                        "Credential should be scoped to a valid region, not '%.*s'. ",
                        (int)c->scope[2].len, c->scope[2].text);
    if (!is_word(c->scope[3], c->service))
        asli_bytes_addf(c->text, "Credential should be scoped to correct service: '%s'. ",
                        c->service);
    if (!is_word(c->scope[4], "aws4_request"))
        asli_bytes_addf(c->text,
                        "Credential should be scoped with a valid terminator: "
                        "'aws4_request', not '%.*s'. ",
                        (int)c->scope[4].len, c->scope[4].text);
    if (c->scope[1].len != 8 || strncmp(c->scope[1].text, c->date, 8) != 0)
        asli_bytes_addf(c->text,
                        "Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                        "version of date from HTTP: '%.*s' != '%.8s', from '%s'. ",
                        (int)c->scope[1].len, c->scope[1].text, c->date, c->date);
    return c->text->len == said || refused(c, ASLI_EXCEPTION_INVALID_SIGNATURE);
}

/* 20260101T120000Z as seconds; -1: it is not. */
static int64_t seconds_of(const char *date)
{
    char text[32];
    struct asli_instant instant;
    if (strlen(date) != DATE_LEN)
        return -1;
    snprintf(text, sizeof text, "%.4s-%.2s-%.5s:%.2s:%.3s", date, date + 4, date + 6,
             date + 11, date + 13);
    return asli_time_parse(text, strlen(text), &instant) ? instant.seconds : -1;
}

static const char *date_of(int64_t seconds, char buf[32])
{
    char text[32];
    asli_time_format(seconds * 1000, text);
    snprintf(buf, 32, "%.4s%.2s%.5s%.2s%.2sZ", text, text + 5, text + 8, text + 14,
             text + 17);
    return buf;
}

static bool check_date(struct check *c)
{
    char now[32], bound[32];
    int64_t at = seconds_of(c->date), window = MINUTES * 60;
    date_of(c->now, now);
    if (at < 0)
        asli_bytes_addf(c->text,
                        "Date must be in ISO-8601 'basic format'. Got '%s'. See "
                        "http://en.wikipedia.org/wiki/ISO_8601",
                        c->date);
    else if (at < c->now - window)
        asli_bytes_addf(c->text,
                        "Signature expired: %s is now earlier than %s (%s - %d min.)",
                        c->date, date_of(c->now - window, bound), now, MINUTES);
    else if (at > c->now + window)
        asli_bytes_addf(c->text,
                        "Signature not yet current: %s is still later than %s (%s + %d "
                        "min.)",
                        c->date, date_of(c->now + window, bound), now, MINUTES);
    else
        return true;
    return refused(c, at < 0 ? ASLI_EXCEPTION_INCOMPLETE_SIGNATURE
                             : ASLI_EXCEPTION_INVALID_SIGNATURE);
}

static bool is_signed(const struct check *c, const char *name)
{
    const char *at = c->signed_headers.text, *end = at + c->signed_headers.len;
    size_t len = strlen(name);
    while (at < end) {
        const char *semicolon = memchr(at, ';', (size_t)(end - at));
        size_t here = (size_t)((semicolon ? semicolon : end) - at);
        if (here == len && strncasecmp(at, name, len) == 0)
            return true;
        at += here + 1;
    }
    return false;
}

static bool check_signed(struct check *c)
{
    const struct asli_signed *r = c->request;
    if (!is_signed(c, "host")) {
        asli_bytes_adds(c->text, "'Host' or ':authority' must be a 'SignedHeader' in the "
                                 "AWS Authorization.");
        return refused(c, ASLI_EXCEPTION_INVALID_SIGNATURE);
    }
    for (size_t i = 0; i < r->header_count; i++) {
        const char *name = r->headers[i].name;
        if (strncasecmp(name, "x-amz-", 6) == 0 && !is_signed(c, name)) {
            asli_bytes_addf(
                c->text, "'%s' must be a 'SignedHeader' in the AWS Authorization.", name);
            return refused(c, ASLI_EXCEPTION_INVALID_SIGNATURE);
        }
    }
    return true;
}

/* ------------------------------------------------------------------ the signature */

/* Without blanks at its ends, and one for several within. */
static void add_trimmed(struct asli_bytes *out, const char *value)
{
    bool blank = false;
    for (value += strspn(value, " \t"); *value; value++) {
        if (*value == ' ' || *value == '\t') {
            blank = true;
            continue;
        }
        if (blank)
            asli_bytes_addc(out, ' ');
        blank = false;
        asli_bytes_addc(out, *value);
    }
}

static void add_header(struct asli_bytes *out, const struct asli_signed *r,
                       const char *name, size_t len)
{
    bool more = false;
    for (size_t i = 0; i < len; i++)
        asli_bytes_addc(out, (char)(name[i] | (name[i] >= 'A' && name[i] <= 'Z') << 5));
    asli_bytes_addc(out, ':');
    for (size_t i = 0; i < r->header_count; i++) {
        if (strlen(r->headers[i].name) != len ||
            strncasecmp(r->headers[i].name, name, len) != 0)
            continue;
        if (more)
            asli_bytes_addc(out, ',');
        add_trimmed(out, r->headers[i].value);
        more = true;
    }
    asli_bytes_addc(out, '\n');
}

static bool canonical_request(const struct check *c, struct asli_bytes *out)
{
    const struct asli_signed *r = c->request;
    char hash[ASLI_DIGEST_HEX];
    asli_bytes_addf(out, "%s\n%s\n%s\n", r->method, r->path, r->query);
    const char *at = c->signed_headers.text, *end = at + c->signed_headers.len;
    while (at < end) {
        const char *semicolon = memchr(at, ';', (size_t)(end - at));
        size_t len = (size_t)((semicolon ? semicolon : end) - at);
        add_header(out, r, at, len);
        at += len + 1;
    }
    asli_bytes_addc(out, '\n');
    asli_bytes_add(out, c->signed_headers.text, c->signed_headers.len);
    int rc = asli_digest_hex("SHA-256", 7, r->body, r->body_len, hash);
    asli_bytes_addf(out, "\n%s", hash);
    return rc == 0 && !out->oom;
}

static bool hmac(const void *key, size_t key_len, struct word data, unsigned char out[32])
{
    return HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)data.text,
                data.len, out, NULL) != NULL;
}

/* The key of the day, region and service. */
static bool signing_key(struct check *c)
{
    struct asli_key *key = c->key;
    char secret[256];
    size_t scope_len = (size_t)(c->scope[4].text + c->scope[4].len - c->scope[1].text);
    int len = snprintf(secret, sizeof secret, "AWS4%s", key->secret);
    if (len >= (int)sizeof secret || scope_len >= sizeof key->scope)
        return false;
    if (strlen(key->scope) == scope_len &&
        memcmp(key->scope, c->scope[1].text, scope_len) == 0)
        return true;
    bool ok = hmac(secret, (size_t)len, c->scope[1], key->signing);
    for (size_t i = 2; ok && i < 5; i++) {
        unsigned char last[sizeof key->signing];
        memcpy(last, key->signing, sizeof last);
        ok = hmac(last, sizeof last, c->scope[i], key->signing);
    }
    OPENSSL_cleanse(secret, sizeof secret);
    memcpy(key->scope, c->scope[1].text, scope_len);
    key->scope[ok ? scope_len : 0] = '\0';
    return ok;
}

static bool sign(struct check *c, char hex[65])
{
    struct asli_bytes text = {0};
    char hash[ASLI_DIGEST_HEX];
    unsigned char signature[32];
    bool ok = canonical_request(c, &text) &&
              asli_digest_hex("SHA-256", 7, text.data, text.len, hash) == 0 &&
              signing_key(c);
    asli_bytes_reset(&text);
    if (ok)
        asli_bytes_addf(&text, ALGORITHM "\n%s\n%s\n%s", c->date, c->key->scope, hash);
    ok = ok && !text.oom &&
         hmac(c->key->signing, sizeof c->key->signing, (struct word){text.data, text.len},
              signature);
    asli_bytes_done(&text);
    for (size_t i = 0; ok && i < sizeof signature; i++)
        snprintf(hex + 2 * i, 3, "%02x", signature[i]);
    return ok;
}

static bool check_signature(struct check *c)
{
    char wanted[65];
    if (!sign(c, wanted)) {
        asli_bytes_adds(c->text, "the signature cannot be computed");
        return refused(c, ASLI_EXCEPTION_FAILURE);
    }
    if (c->signature.len == 64 && CRYPTO_memcmp(wanted, c->signature.text, 64) == 0)
        return true;
    asli_bytes_adds(
        c->text, "The request signature we calculated does not match the signature you "
                 "provided. Check your AWS Secret Access Key and signing method. Consult "
                 "the service documentation for details.");
    return refused(c, ASLI_EXCEPTION_INVALID_SIGNATURE);
}

const struct asli_key *asli_keys_verify(struct asli_keys *keys,
                                        const struct asli_signed *request,
                                        const char *service, int64_t now,
                                        enum asli_exception_id *ret_exception,
                                        struct asli_bytes *text)
{
    struct check c = {
        .keys = keys, .request = request, .service = service, .now = now, .text = text};
    if (read_authorization(&c) && read_scope(&c) && find_key(&c) && check_scope(&c) &&
        check_date(&c) && check_signed(&c) && check_signature(&c))
        return c.key;
    *ret_exception = c.exception;
    return NULL;
}
