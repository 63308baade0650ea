/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h: what the functions of one recording come to.  The process that reads
 * the recording writes it, and the one that started that takes it over.
 */
#ifndef CODESNAP_LEDGER_H
#define CODESNAP_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/shape/writer.h"
#include "launcher/diff/condition.h"
#include "launcher/diff/sums.h"

/* A function that was called. */
struct ledger_entry {
    struct sums sums;
    uint32_t line;
    uint32_t name, module, qualified_name, file; /* in texts: ledger_text */
};

struct ledger_head {
    uint32_t count;
    uint32_t text_bytes;
    uint64_t self_ns, calls, duration_ns, lost;
    uint64_t cpu_ns, delay_ns; /* of the processes that told: struct process */
    uint32_t program;          /* its name, in texts */
    struct condition_sums conditions[CONDITION_LIMIT];
};

struct ledger {
    struct ledger_head head;
    struct ledger_entry *entries;
    char *texts;
};

/* The view that writes one, after ledger_prepare; it prints nothing.  Sums of
 * short calls are enough for it, unless there are conditions. */
const struct format *ledger_view(void);

/* Before the recording is read: where it will be, and the conditions to look
 * at.  0, or -1 with errno. */
int ledger_prepare(const struct conditions *conditions);
/* When it was: 0, or -1 with errno.  ledger_free is for both cases. */
int ledger_take(struct ledger *ledger);
void ledger_free(struct ledger *ledger);

static inline const char *
ledger_text(const struct ledger *ledger, uint32_t at)
{
    return ledger->texts + at;
}

#endif
