/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests of the registry (asl/control.h): one on an engine that is driven by hand, which is asked and
 * answers in JSON with ' for ".
 */
#ifndef KIT_CONTROL_KIT_H
#define KIT_CONTROL_KIT_H

#include <asl/control.h>

#include "conformance/kit/engine_kit.h"

#define A "arn:aws:states:us-east-1:123456789012:"
#define M A "stateMachine:m"
#define ROLE "'roleArn':'arn:aws:iam::123456789012:role/r'"
#define PASS(comment)                                                                    \
    "'definition':'{\\'Comment\\':\\'" comment "\\',\\'StartAt\\':\\'P\\',"              \
    "\\'States\\':{\\'P\\':{\\'Type\\':\\'Pass\\',\\'End\\':true}}}'"
#define WAIT                                                                             \
    "'definition':'{\\'StartAt\\':\\'W\\',\\'States\\':{\\'W\\':{\\'Type\\':"            \
    "\\'Wait\\',\\'Seconds\\':60,\\'End\\':true}}}'"
#define MACHINE(more) "{'name':'m'," PASS("1") "," ROLE more "}"
#define ARN(name) "'stateMachineArn':'" A "stateMachine:" name "'"
#define NOW "1.7E9"

#define ROUTE(version, weight)                                                           \
    "{'stateMachineVersionArn':'" A "stateMachine:" version "','weight':" #weight "}"
#define ALIAS(more, routes) "{'name':'prod'" more ",'routingConfiguration':[" routes "]}"
#define PROD "'stateMachineAliasArn':'" M ":prod'"

struct control_kit {
    struct kit kit;
    asl_control *control;
    char said[4096]; /* the last reply, as say() gives it */
};

/* On a store that outlives the engine, in virtual time. */
void control_kit_open(struct control_kit *k);
void control_kit_reopen(struct control_kit *k);
void control_kit_close(struct control_kit *k);

/* Asks without waiting for the reply. */
void ask(struct control_kit *k, const char *action, const char *request);
/* The reply: JSON with ' for ", or "Exception: message". */
const char *say(struct control_kit *k, const char *action, const char *request);
void expect(struct control_kit *k, const char *action, const char *request,
            const char *reply);
void expect_in(struct control_kit *k, const char *action, const char *request,
               const char *part);
void expect_not_in(struct control_kit *k, const char *action, const char *request,
                   const char *part);

/* The state machine "m" and its version 1. */
void make(struct control_kit *k);
/* Starts an execution of the machine, version or alias. */
void start(struct control_kit *k, const char *arn, const char *name);
/* "a b,c ": the names that a list gives in pages of this size. Static. */
const char *pages(struct control_kit *k, const char *action, const char *request,
                  int size);

#endif
