/* SPDX-License-Identifier: Apache-2.0
 *
 * What executions log where their state machine's loggingConfiguration says: in place of a log group
 * of CloudWatch Logs a file, a JSON object a line.
 *
 * The configuration is the state machine's at the time of the event, as AWS has it. Lines are
 * gathered and written as the server's own.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/arn.h"
#include "engine/base/json.h"
#include "server/groups.h"

struct asli_group {
    struct asli_group *next;
    char *name;
    struct asli_log log; /* fd -1: its file cannot be opened */
};

/* "arn:aws:logs:REGION:ACCOUNT:log-group:NAME[:*]": where NAME begins; its length. */
static const char *group_name(const char *arn, size_t *ret_len)
{
    static const char mark[] = ":log-group:";
    const char *at = arn ? strstr(arn, mark) : NULL;
    if (!at)
        return NULL;
    at += sizeof mark - 1;
    *ret_len = strcspn(at, ":");
    return at;
}

/* The file of a group: slashes are those of no folder. */
static char *path_of(const char *dir, const char *name)
{
    name += strspn(name, "/");
    char *path = asli_printf("%s/%s.log", dir, name);
    for (char *at = path ? path + strlen(dir) + 1 : NULL; at && *at; at++) {
        if (*at == '/')
            *at = '.';
    }
    return path;
}

static struct asli_group *open_group(struct asli_tenant *tenant, const char *name,
                                     size_t len)
{
    struct asli_group *group = asli_alloc(sizeof *group);
    ASLI_AUTO(text) char *path = NULL;
    if (!group)
        return NULL;
    group->name = asli_strndup(name, len);
    path = group->name ? path_of(tenant->log_dir, group->name) : NULL;
    if (!path) {
        asli_free(group->name);
        asli_free(group);
        return NULL;
    }
    mkdir(tenant->log_dir, 0700);
    group->log.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    group->next = tenant->groups;
    tenant->groups = group;
    if (group->log.fd < 0)
        asli_tenant_say(tenant, ASLI_LOG_ERROR, "a file of --log-dir cannot be opened");
    return group;
}

static struct asli_group *find_group(struct asli_tenant *tenant, const json_t *logging)
{
    const json_t *destination =
        json_array_get(json_object_get(logging, "destinations"), 0);
    size_t len;
    const char *name = group_name(
        json_string_value(json_object_get(
            json_object_get(destination, "cloudWatchLogsLogGroup"), "logGroupArn")),
        &len);
    if (!name)
        return NULL;
    for (struct asli_group *group = tenant->groups; group; group = group->next) {
        if (strlen(group->name) == len && memcmp(group->name, name, len) == 0)
            return group;
    }
    return open_group(tenant, name, len);
}

/* The loggingConfiguration of the state machine that an execution is of; NULL: none. A child of a
 * distributed Map is of "NAME/LABEL". */
static const json_t *logging_of(const struct asli_tenant *tenant, const char *execution)
{
    struct asli_arn arn;
    asl_target target;
    if (asli_arn_read(execution, "execution express", &arn, NULL) != 0)
        return NULL;
    const char *slash = memchr(arn.name.text, '/', arn.name.len);
    ASLI_AUTO(text)
    char *machine = asli_printf(
        "arn:%.*s:states:%s:%s:stateMachine:%.*s", (int)arn.partition.len,
        arn.partition.text, tenant->region, tenant->account,
        (int)(slash ? (size_t)(slash - arn.name.text) : arn.name.len), arn.name.text);
    if (!machine || asl_control_target(tenant->control, machine, &target, NULL) != 0)
        return NULL;
    asl_machine_unref(target.machine);
    return target.logging;
}

void asli_groups_event(struct asli_tenant *tenant, const asl_event *event)
{
    const json_t *logging =
        tenant->log_dir ? logging_of(tenant, asl_event_arn(event)) : NULL;
    const char *level = json_string_value(json_object_get(logging, "level"));
    ASLI_AUTO(json) json_t *record = NULL;
    if (!level ||
        asl_event_log_record(
            event, level, json_is_true(json_object_get(logging, "includeExecutionData")),
            &record, NULL) != 0 ||
        !record)
        return;
    struct asli_group *group = find_group(tenant, logging);
    if (group && group->log.fd >= 0 &&
        asli_json_write(record, &group->log.lines, NULL) == 0)
        asli_log_line(&group->log);
}

void asli_groups_flush(struct asli_tenant *tenant)
{
    for (struct asli_group *group = tenant->groups; group; group = group->next)
        asli_log_flush(&group->log);
}

void asli_groups_close(struct asli_tenant *tenant)
{
    while (tenant->groups) {
        struct asli_group *group = tenant->groups;
        tenant->groups = group->next;
        asli_log_done(&group->log);
        if (group->log.fd >= 0)
            close(group->log.fd);
        asli_free(group->name);
        asli_free(group);
    }
}
