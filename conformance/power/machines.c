/* SPDX-License-Identifier: Apache-2.0
 *
 * See machines.h. No output depends on who was first: tokens and times are left out of them.
 */
#include "conformance/power/machines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/quotes.h"

static const char steps[] =
    "{'StartAt':'A','States':{"
    "'A':{'Type':'Pass','Result':{'k':1},'ResultPath':'$.a','Next':'W'},"
    "'W':{'Type':'Wait','Seconds':5,'Next':'T'},"
    "'T':{'Type':'Task','Resource':'handler:flaky','ResultPath':'$.t',"
    "'Retry':[{'ErrorEquals':['Flaky'],'IntervalSeconds':2}],'Next':'C'},"
    "'C':{'Type':'Choice','Choices':[{'Variable':'$.a.k','NumericEquals':1,'Next':'S'}]},"
    "'S':{'Type':'Succeed'}}}";

#define ASK                                                                              \
    "{'Type':'Task','Resource':'arn:aws:states:::desk:ask.waitForTaskToken',"            \
    "'Parameters':{'token.$':'$$.Task.Token'},'ResultPath':null,'End':true}"

static const char asking[] =
    "{'StartAt':'P','States':{'P':{'Type':'Parallel','Branches':["
    "{'StartAt':'Ask','States':{'Ask':" ASK "}},"
    "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':3,'Next':'E'},"
    "'E':{'Type':'Task','Resource':'handler:echo','End':true}}}],"
    "'ResultPath':'$.p','Next':'M'},"
    "'M':{'Type':'Map','ItemsPath':'$.items','MaxConcurrency':2,'ItemProcessor':{"
    "'StartAt':'Each','States':{'Each':" ASK "}},'ResultPath':'$.m','End':true}}}";

#define CHILDREN(type)                                                                   \
    "{'StartAt':'M','States':{'M':{'Type':'Map','ItemsPath':'$.items',"                  \
    "'MaxConcurrency':2,'ItemProcessor':{'ProcessorConfig':{'Mode':'DISTRIBUTED',"       \
    "'ExecutionType':'" type "'},'StartAt':'W','States':{"                               \
    "'W':{'Type':'Wait','Seconds':1,'Next':'E'},"                                        \
    "'E':{'Type':'Task','Resource':'handler:echo','End':true}}},"                        \
    "'ResultPath':'$.children','End':true}}}"

static const char express[] =
    "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':2,'Next':'E'},"
    "'E':{'Type':'Task','Resource':'handler:echo','End':true}}}";

static const char failing[] =
    "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':1,'Next':'B'},"
    "'B':{'Type':'Task','Resource':'handler:bad','Parameters':{"
    "'redrives.$':'$$.Execution.RedriveCount'},'ResultPath':'$.b','Next':'V'},"
    "'V':{'Type':'Wait','Seconds':1,'End':true}}}";

static const char stopped[] = "{'StartAt':'Ask','States':{'Ask':" ASK "}}";

static const char variables[] =
    "{'QueryLanguage':'JSONata','StartAt':'A','States':{"
    "'A':{'Type':'Pass','Assign':{'sum':'{% $sum($states.input.items) %}'},'Next':'W'},"
    "'W':{'Type':'Wait','Seconds':'{% $sum %}','Next':'E'},"
    "'E':{'Type':'Task','Resource':'handler:echo','Arguments':{'n':'{% $sum %}'},"
    "'Assign':{'sum':'{% $sum * 2 %}'},'Output':'{% [$sum, $states.result.n] %}',"
    "'End':true}}}";

static const char large[] =
    "{'StartAt':'A','States':{'A':{'Type':'Pass','ResultPath':'$.a','Next':'E'},"
    "'E':{'Type':'Task','Resource':'handler:echo','ResultPath':'$.e','Next':'W'},"
    "'W':{'Type':'Wait','Seconds':2,'End':true}}}";

static const struct power_machine machines[POWER_MACHINES] = {
    {"steps", steps, 0, 100},         {"asking", asking, 0, 300},
    {"express", express, 1, 700},     {"children", CHILDREN("STANDARD"), 0, 50},
    {"failing", failing, 0, 2000},    {"stop", stopped, 0, 100},
    {"variables", variables, 0, 900}, {"quick-children", CHILDREN("EXPRESS"), 0, 50},
    {"large", large, 0, 15000},
};

const struct power_machine *power_machine(unsigned number)
{
    return &machines[number % POWER_MACHINES];
}

char *power_input(unsigned number)
{
    size_t fill = power_machine(number)->fill;
    char *text = need(malloc(fill + 100));
    int len = snprintf(text, 100, "{\"items\":[%u,1,2,3],\"fill\":\"", number);
    for (size_t i = 0; i < fill; i++)
        text[len++] = (char)('a' + (number + i * i) % 26);
    memcpy(text + len, "\"}", 3);
    return text;
}

int power_machine_load(unsigned number, asl_machine **ret_machine, asl_error *reterr)
{
    const struct power_machine *machine = power_machine(number);
    char *text = kit_quoted(machine->definition);
    asl_machine_options options = {
        .size = sizeof(options), .name = machine->name, .express = machine->express};
    int rc = asl_machine_load(text, (size_t)-1, &options, ret_machine, NULL, reterr);
    free(text);
    return rc;
}
