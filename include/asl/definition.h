/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/definition.h: definitions as people keep them: JSON or YAML, with ${Name} for what is known
 * only when they are deployed, or inside a SAM or CloudFormation template.
 *
 * All of them become the JSON text that asl_machine_load takes, and a function that leads from
 * its lines back to those of the source, so that diagnostics speak of the file that people edit:
 *
 *     asl_definition_read(text, len, ASL_DEFINITION_YAML, NULL, 0, &definition, &error);
 *     options.origin = asl_definition_origin;
 *     options.origin_arg = definition;
 *     asl_machine_load(asl_definition_text(definition), ..., &options, ...);
 */
#ifndef ASL_DEFINITION_H
#define ASL_DEFINITION_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ${NAME} becomes VALUE, wherever it stands. */
typedef struct asl_substitution {
    const char *name, *value;
} asl_substitution;

enum asl_definition_format { ASL_DEFINITION_JSON = 0, ASL_DEFINITION_YAML = 1 };

/* A definition's JSON text, and where each of its places was written. Thread: one at a time. */
typedef struct asl_definition asl_definition;

/* Makes it of `text`. In JSON a ${NAME} may also stand where a number does; without a value it
 * stays, as a string. YAML is 1.1 with anchors and merge keys, one document; short tags such as
 * !Sub become {"Fn::Sub": ...}. Of a name that stands twice in `list` the first counts. Errors:
 * ASL_EJSON (YAML that cannot be read: line and column are set), ASL_ELIMIT (too deep, or aliases
 * that unfold beyond reason), ASL_EINVAL (YAML, and this libasl was built without it),
 * ASL_ENOMEM. */
ASL_API int asl_definition_read(const char *text, size_t len,
                                enum asl_definition_format format,
                                const asl_substitution *list, size_t count,
                                asl_definition **ret_definition, asl_error *reterr);
/* Its JSON text; `ret_len` may be NULL. */
ASL_API const char *asl_definition_text(const asl_definition *definition,
                                        size_t *ret_len);
/* From a place in the JSON text to the one in the source; for asl_machine_options.origin. */
ASL_API void asl_definition_origin(void *definition, int *line, int *column);
ASL_API void asl_definition_free(asl_definition *definition);

/* ------------------------------------------------------------------ templates */

/* A SAM or CloudFormation template, in YAML or JSON. Ref, Fn::Sub, Fn::GetAtt and Fn::Join are
 * resolved to the names and ARNs that its resources would have here: a resource is called as its
 * name property says when that is a literal, else by its logical id. */
typedef struct asl_stack asl_stack;

typedef struct asl_stack_options {
    size_t size;
    const char *partition, *region, *account; /* NULL: as asl_options */
} asl_stack_options;

/* An AWS::Serverless::StateMachine or AWS::StepFunctions::StateMachine. Borrowed. */
typedef struct asl_stack_machine {
    const char *id, *name; /* logical id; the state machine's name */
    int express;
    const char
        *definition_uri; /* relative to the template; NULL: it is in the template */
    const asl_substitution *substitutions; /* those that could be resolved */
    size_t substitution_count;
} asl_stack_machine;

/* A DynamoDB table. Borrowed. */
typedef struct asl_stack_table {
    const char *id, *name;
    const char *hash_key, *range_key; /* range_key may be NULL */
} asl_stack_table;

/* Errors: as asl_definition_read, and ASL_EINVAL when it is no template. */
ASL_API int asl_stack_read(const char *text, size_t len, const asl_stack_options *options,
                           asl_stack **ret_stack, asl_error *reterr);
ASL_API void asl_stack_free(asl_stack *stack);
/* The i-th, in the template's order; NULL: there are not so many. */
ASL_API const asl_stack_machine *asl_stack_machine_get(const asl_stack *stack, size_t i);
ASL_API const asl_stack_table *asl_stack_table_get(const asl_stack *stack, size_t i);

/* The definition inside the template of a machine without definition_uri, with substitutions: of
 * `list` first, then its own. Errors: ASL_EINVAL (it has none), ASL_ENOMEM. */
ASL_API int asl_stack_definition(const asl_stack *stack, const asl_stack_machine *machine,
                                 const asl_substitution *list, size_t count,
                                 asl_definition **ret_definition, asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
