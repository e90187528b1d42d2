/* SPDX-License-Identifier: Apache-2.0
 *
 * Input and output processing: what the driver (engine/step.c) calls before and after a state.
 * All return 0, ASLI_FAILED (frame->failure set) or an ASL_E code.
 */
#ifndef ASLI_IO_H
#define ASLI_IO_H

#include "engine/frame.h"

/* Sets frame->d.work from frame->d.input: InputPath, then Parameters. */
int asli_io_input(struct asli_frame *frame, asl_error *reterr);
/* ResultSelector, ResultPath, OutputPath, size limit. *ret_output is a new reference. */
int asli_io_output(struct asli_frame *frame, struct asli_payload *result,
                   struct asli_payload **ret_output, asl_error *reterr);
/* A catcher's ResultPath alone applies (fidelity D1.16). */
int asli_io_caught(struct asli_frame *frame, const struct asli_catcher *catcher,
                   struct asli_payload *error_output, struct asli_payload **ret_output,
                   asl_error *reterr);
/* What the way out assigns, of a catcher or (NULL) of the state; `input` is "$", the result or the
 * error output. A new set, whose values have their texts; NULL: nothing. */
int asli_io_assign(struct asli_frame *frame, const struct asli_catcher *catcher,
                   struct asli_payload *input, struct asli_variables **ret_assigned,
                   asl_error *reterr);
int asli_io_graft(struct asli_frame *frame, const struct asli_path_field *field,
                  struct asli_payload *result, struct asli_payload **ret_payload,
                  asl_error *reterr);
/* States.DataLimitExceeded of `what` (a state's name, a resource). */
int asli_frame_too_large(struct asli_frame *frame, const char *what, asl_error *reterr);

#endif
