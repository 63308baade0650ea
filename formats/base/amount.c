/* SPDX-License-Identifier: Apache-2.0
 *
 * amount.c: units are told apart by their letters: m is minutes, M is MiB.
 */
#include "formats/base/amount.h"

#include <stddef.h>
#include <string.h>

#include "formats/base/phrase.h"

#define LARGEST (1ull << 50)

static const struct unit {
    const char *name;
    uint64_t each;
    size_t member;
} units[] = {
    {"ns", 1, offsetof(struct amount, ns)},
    {"us", 1000, offsetof(struct amount, ns)},
    {"ms", 1000000ull, offsetof(struct amount, ns)},
    {"s", 1000000000ull, offsetof(struct amount, ns)},
    {"m", 60000000000ull, offsetof(struct amount, ns)},
    {"h", 3600000000000ull, offsetof(struct amount, ns)},
    {"K", 1ull << 10, offsetof(struct amount, bytes)},
    {"M", 1ull << 20, offsetof(struct amount, bytes)},
    {"G", 1ull << 30, offsetof(struct amount, bytes)},
};
#define UNITS (sizeof units / sizeof *units)

/* == READING ============================================================== */

static const struct unit *
find_unit(const char *name, size_t length)
{
    for (size_t i = 0; i < UNITS; i++)
        if (strlen(units[i].name) == length &&
            memcmp(units[i].name, name, length) == 0)
            return &units[i];
    return NULL;
}

static uint64_t *
member_of(struct amount *amount, const struct unit *unit)
{
    return (uint64_t *)(void *)((char *)amount + unit->member);
}

/* Digits, maybe a point and up to three more; thousandths of it.  Moves *at. */
static uint64_t
read_thousandths(const char **at)
{
    uint64_t value = 0;
    int behind = -1;
    for (; value < LARGEST && behind < 3; ++*at) {
        if (**at >= '0' && **at <= '9')
            value = value * 10 + (uint64_t)(**at - '0');
        else if (**at != '.' || behind >= 0)
            break;
        behind += behind >= 0 || **at == '.';
    }
    for (behind = behind < 0 ? 0 : behind; behind < 3; behind++)
        value *= 10;
    return value;
}

static int
read_one(const char *text, size_t length, struct amount *amount)
{
    const char *at = text;
    uint64_t thousandths = read_thousandths(&at);
    if (at == text || *text == '.' || (size_t)(at - text) > length)
        return -1;
    const struct unit *unit = find_unit(at, length - (size_t)(at - text));
    if (!unit || !thousandths || *member_of(amount, unit) ||
        thousandths > (UINT64_MAX >> 1) / unit->each)
        return -1;
    *member_of(amount, unit) = thousandths * unit->each / 1000;
    return 0;
}

int
amount_read(const char *text, struct amount *amount)
{
    *amount = (struct amount){0};
    for (;;) {
        size_t length = strcspn(text, ",");
        if (read_one(text, length, amount) < 0)
            return -1;
        if (!text[length])
            return 0;
        text += length + 1;
    }
}

uint64_t
amount_duration_ns(const char *text)
{
    struct amount amount;
    return amount_read(text, &amount) < 0 || amount.bytes ? 0 : amount.ns;
}

/* == SAYING =============================================================== */

/* In the largest unit of which it is a whole number. */
static void
say_one(struct phrase *phrase, uint64_t value, size_t member)
{
    const struct unit *best = NULL;
    for (size_t i = 0; i < UNITS; i++)
        if (units[i].member == member && (!best || value % units[i].each == 0))
            best = &units[i];
    unsigned long long tenths = value % best->each * 10 / best->each;
    phrase_add(phrase, "%s%llu", phrase->used ? "," : "",
               (unsigned long long)(value / best->each));
    if (tenths)
        phrase_add(phrase, ".%llu", tenths);
    phrase_add(phrase, "%s", best->name);
}

char *
amount_say(struct amount amount, char *text)
{
    struct phrase phrase = phrase_begin(text, AMOUNT_ROOM);
    if (amount.ns)
        say_one(&phrase, amount.ns, offsetof(struct amount, ns));
    if (amount.bytes)
        say_one(&phrase, amount.bytes, offsetof(struct amount, bytes));
    return text;
}
