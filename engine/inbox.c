/* SPDX-License-Identifier: Apache-2.0
 *
 * The inbox: the core's only lock. Everything from outside waits here for the engine's thread,
 * and leaves when its step succeeded.
 */
#include "engine/engine.h"

#include "engine/base/alloc.h"
#include "engine/probe.h"
#include "engine/task_handle.h"

struct asli_inbox *asli_inbox_new(asl_engine *engine)
{
    struct asli_inbox *inbox = asli_alloc(sizeof *inbox);
    if (!inbox)
        return NULL;
    if (pthread_mutex_init(&inbox->lock, NULL)) {
        asli_free(inbox);
        return NULL;
    }
    atomic_init(&inbox->refs, 1);
    inbox->tail = &inbox->head;
    inbox->engine = engine;
    return inbox;
}

void asli_inbox_ref(struct asli_inbox *inbox)
{
    atomic_fetch_add(&inbox->refs, 1);
}

void asli_inbox_unref(struct asli_inbox *inbox)
{
    if (!inbox || atomic_fetch_sub(&inbox->refs, 1) != 1)
        return;
    pthread_mutex_destroy(&inbox->lock);
    asli_free(inbox);
}

int asli_inbox_push(struct asli_inbox *inbox, struct asli_message *take_message)
{
    pthread_mutex_lock(&inbox->lock);
    int rc = inbox->closed ? ASL_ECLOSED : inbox->dead ? ASL_ESTORE : 0;
    if (!rc) {
        take_message->next = NULL;
        *inbox->tail = take_message;
        inbox->tail = &take_message->next;
        if (inbox->host && inbox->host->wake)
            inbox->host->wake(inbox->host_self);
    }
    pthread_mutex_unlock(&inbox->lock);
    if (rc)
        asli_message_free(take_message);
    return rc;
}

void asli_inbox_untake(struct asli_inbox *inbox, struct asli_message *message)
{
    pthread_mutex_lock(&inbox->lock);
    message->next = inbox->head;
    if (!inbox->head)
        inbox->tail = &message->next;
    inbox->head = message;
    pthread_mutex_unlock(&inbox->lock);
}

struct asli_message *asli_inbox_take(struct asli_inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    struct asli_message *first = inbox->head;
    if (first && !(inbox->head = first->next))
        inbox->tail = &inbox->head;
    pthread_mutex_unlock(&inbox->lock);
    return first;
}

void asli_message_free(struct asli_message *message)
{
    if (!message)
        return;
    asl_task *task = message->task;
    bool embedded = message->embedded;
    asl_machine_unref(message->machine);
    asli_payload_unref(message->payload);
    asli_free(message->name);
    asli_free(message->arn);
    asli_free(message->alias);
    asli_free(message->error);
    asli_free(message->cause);
    asli_rows_free(message->rows);
    if (message->probe)
        message->probe->release(message->probe);
    asli_free(message->changes);
    if (!embedded)
        asli_free(message);
    asli_task_handle_unref(task); /* may hold the message itself */
}
