/* SPDX-License-Identifier: Apache-2.0
 *
 * ItemReader, ItemBatcher and ResultWriter as a definition writes them (asl-reference 11.2):
 * checked and compiled when the Map state is loaded, evaluated when it runs.
 *
 * In JSONata the values are expressions that are not compiled here: their owner takes them from
 * `value`, evaluates them, and calls asli_items_configure and its like.
 */
#ifndef ASLI_ITEMS_FIELDS_H
#define ASLI_ITEMS_FIELDS_H

#include "engine/items/batch.h"
#include "engine/items/items.h"
#include "engine/items/writer.h"
#include "engine/load.h"

/* All zero: the state has none. Texts and JSON are borrowed from the definition. */
struct asli_item_reader {
    json_t *value, *config; /* its object; its ReaderConfig, NULL: none */
    bool list;              /* s3:listObjectsV2 */
    struct asli_template *parameters;
    struct asli_int_field max_items;
};
struct asli_item_batcher {
    json_t *value;
    struct asli_int_field max_items, max_bytes;
    struct asli_template *input;
};
struct asli_result_writer {
    json_t *value, *config; /* its WriterConfig, NULL: none */
    bool to_objects;        /* it has a Resource */
    struct asli_template *parameters;
};

/* Each loads the field of its name, if the state has it. 0 (also when problems were reported) or
 * ASL_ENOMEM; what is there is to be freed in any case. */
int asli_item_reader_load(struct asli_loader *loader, struct asli_state *state,
                          bool jsonata, struct asli_item_reader *reader);
int asli_item_batcher_load(struct asli_loader *loader, struct asli_state *state,
                           bool jsonata, struct asli_item_batcher *batcher);
int asli_result_writer_load(struct asli_loader *loader, struct asli_state *state,
                            bool jsonata, struct asli_result_writer *writer);
void asli_item_reader_done(struct asli_item_reader *reader);
void asli_item_batcher_done(struct asli_item_batcher *batcher);
void asli_result_writer_done(struct asli_result_writer *writer);

/* JSONPath: evaluates what was loaded. Failures: States.Runtime for paths and templates (without
 * the prefix that names the state), else as the configure functions. */
int asli_item_reader_eval(const struct asli_item_reader *reader,
                          const struct asli_env *env,
                          struct asli_items_config *ret_config,
                          struct asli_failure *failure, asl_error *reterr);
int asli_item_batcher_eval(const struct asli_item_batcher *batcher,
                           const struct asli_env *env,
                           struct asli_batcher_config *ret_config,
                           struct asli_failure *failure, asl_error *reterr);
int asli_result_writer_eval(const struct asli_result_writer *writer,
                            const struct asli_env *env,
                            struct asli_writer_config *ret_config,
                            struct asli_failure *failure, asl_error *reterr);

/* Their tables, for the manual; a row without name ends. */
extern const struct asli_field_table asli_item_tables[];

#endif
