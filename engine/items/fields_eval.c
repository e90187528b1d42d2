/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluating ItemReader, ItemBatcher and ResultWriter in JSONPath.
 */
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/items/fields.h"

/* The integer of X or at XPath; NULL: there is neither. A new reference. */
static int number(const char *name, const struct asli_int_field *field,
                  const struct asli_env *env, json_t **ret_number,
                  struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_path *path = field->path;
    ASLI_AUTO(json) json_t *value = NULL;
    ASLI_AUTO(text) char *text = NULL;
    ASLI_AUTO(text) char *detail = NULL;
    *ret_number = NULL;
    if (!path) {
        if (!field->set)
            return 0;
        *ret_number = json_integer(field->value);
        return *ret_number ? 0 : asli_oom(reterr);
    }
    int rc = asli_path_eval(path, env, ASLI_PATH_STRICT, &value, &detail, reterr);
    if (rc == ASLI_FAILED)
        return asli_fail(failure, reterr, "States.Runtime", "Invalid path '%s' : %s",
                         asli_path_text(path), detail ? detail : "");
    if (rc)
        return rc;
    if (json_is_integer(value)) {
        *ret_number = json_incref(value);
        return 0;
    }
    if (!json_is_string(value))
        rc = asli_json_text(value, &text, NULL, reterr);
    return rc ? rc
              : asli_fail(failure, reterr, "States.Runtime",
                          "The %s field refers to value \"%s\" which is not a valid "
                          "integer: %s",
                          name, text ? text : json_string_value(value),
                          asli_path_text(path));
}

/* NULL when there is no template. */
static int evaluate(const struct asli_template *template, const struct asli_env *env,
                    json_t **ret_value, struct asli_failure *failure, asl_error *reterr)
{
    *ret_value = NULL;
    return template ? asli_template_eval(template, env, ret_value, failure, reterr) : 0;
}

/* ReaderConfig with its MaxItems known. */
static int known_config(const struct asli_item_reader *reader, json_t *max_items,
                        json_t **ret_config, asl_error *reterr)
{
    json_t *config = reader->config ? asli_json_copy(reader->config) : json_object();
    if (!config || (max_items && json_object_set(config, "MaxItems", max_items))) {
        json_decref(config);
        return asli_oom(reterr);
    }
    *ret_config = config;
    return 0;
}

int asli_item_reader_eval(const struct asli_item_reader *reader,
                          const struct asli_env *env,
                          struct asli_items_config *ret_config,
                          struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *arguments = NULL;
    ASLI_AUTO(json) json_t *max_items = NULL;
    ASLI_AUTO(json) json_t *config = NULL;
    int rc = evaluate(reader->parameters, env, &arguments, failure, reterr);
    if (!rc)
        rc = number("MaxItemsPath", &reader->max_items, env, &max_items, failure, reterr);
    if (!rc)
        rc = known_config(reader, max_items, &config, reterr);
    return rc ? rc
              : asli_items_configure(reader->list, arguments, config, ret_config, failure,
                                     reterr);
}

int asli_item_batcher_eval(const struct asli_item_batcher *batcher,
                           const struct asli_env *env,
                           struct asli_batcher_config *ret_config,
                           struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *items = NULL;
    ASLI_AUTO(json) json_t *bytes = NULL;
    ASLI_AUTO(json) json_t *input = NULL;
    int rc =
        number("MaxItemsPerBatchPath", &batcher->max_items, env, &items, failure, reterr);
    if (!rc)
        rc = number("MaxInputBytesPerBatchPath", &batcher->max_bytes, env, &bytes,
                    failure, reterr);
    if (!rc)
        rc = evaluate(batcher->input, env, &input, failure, reterr);
    return rc ? rc
              : asli_batcher_configure(items, bytes, input, ret_config, failure, reterr);
}

int asli_result_writer_eval(const struct asli_result_writer *writer,
                            const struct asli_env *env,
                            struct asli_writer_config *ret_config,
                            struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *arguments = NULL;
    int rc = evaluate(writer->parameters, env, &arguments, failure, reterr);
    return rc ? rc
              : asli_writer_configure(arguments, writer->config, ret_config, failure,
                                      reterr);
}
