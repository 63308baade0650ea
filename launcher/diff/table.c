/* SPDX-License-Identifier: Apache-2.0
 *
 * table.c: a comparison as text.  On a terminal that is not wide the columns that
 * the others tell, too, are left out.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formats/base/phrase.h"
#include "launcher/diff/comparison.h"
#include "launcher/report/printer.h"

enum {
    TERMINAL_ROWS = 40,
    CHANGE_COLUMNS = 26,
    SELF_WIDTH = 76,   /* of a terminal that has room for the self times */
    CALLS_WIDTH = 130, /* for the calls */
    TOTAL_WIDTH = 160, /* and for the totals */
};

#define SAID_FACTOR     1.1 /* what is less is as good as the same */
#define SAID_SHARE      0.1
#define SAID_DIFFERENCE 0.02

struct table {
    struct printer printer;
    const struct comparison *comparison;
    uint32_t kinds[CHANGE_KINDS]; /* so many rows */
};

/* == WORDS ================================================================= */

/* "+46%", or "x12" of what is large. */
static void
add_ratio(struct phrase *phrase, const char *what, double change)
{
    if (change >= 9)
        phrase_add(phrase, "%s x%.0f", what, change + 1);
    else if (fabs(change) < 0.1)
        phrase_add(phrase, "%s %+.1f%%", what, change * 100);
    else
        phrase_add(phrase, "%s %+.0f%%", what, change * 100);
}

static void
describe(const struct pair *pair, const struct change *change, char *text,
         size_t room)
{
    struct phrase phrase = phrase_begin(text, room);
    uint64_t before = pair->sums[BEFORE].calls, after = pair->sums[AFTER].calls;
    bool sure = change->kind == CHANGE_SLOWER || change->kind == CHANGE_FASTER;
    bool named = before == 0 || after == 0 || change_is_pale(change->kind);
    if (before != after && before > 0 && after > 0)
        add_ratio(&phrase, "calls", (double)after / (double)before - 1);
    if (before != after && (sure || change->kind == CHANGE_NOISE))
        phrase_add(&phrase, ", ");
    if (named)
        phrase_add(&phrase, "%s", change_name(change->kind));
    if (sure)
        add_ratio(&phrase, change->typical ? "typical" : "each", change->each);
    if (change->kind == CHANGE_SINGLE)
        add_ratio(&phrase, "one call", change->each);
}

/* == ROWS ================================================================== */

static void
put_head(struct table *table)
{
    struct printer *printer = &table->printer;
    printer_bold(printer);
    printer_head(printer, "difference", 11);
    if (printer_has_room(&table->printer, CALLS_WIDTH))
        printer_head(printer, "share", 9);
    if (printer_has_room(&table->printer, SELF_WIDTH)) {
        printer_head(printer, "self before", 12);
        printer_head(printer, "after", 10);
    }
    if (printer_has_room(&table->printer, TOTAL_WIDTH)) {
        printer_head(printer, "total before", 13);
        printer_head(printer, "after", 10);
    }
    if (printer_has_room(&table->printer, CALLS_WIDTH)) {
        printer_head(printer, "calls before", 13);
        printer_head(printer, "after", 11);
    }
    printer_text(printer, "  change");
    printer_indent(printer, CHANGE_COLUMNS - (unsigned)strlen("  change"));
    printer_text(printer, "function");
    printer_plain(printer);
    printer_end_line(printer);
}

static void
put_share(struct printer *printer, int64_t ns, uint64_t all_ns)
{
    char text[32];
    double share = all_ns ? 100.0 * (double)ns / (double)all_ns : 0;
    snprintf(text, sizeof text, fabs(share) < 100 ? "%+.1f%%" : "%+.0f%%",
             share);
    printer_head(printer, text, 9);
}

static void
put_numbers(struct table *table, const struct pair *pair,
            const struct change *change)
{
    struct printer *printer = &table->printer;
    const struct sums *sums = pair->sums;
    printer_difference(printer, change->ns, 11);
    if (printer_has_room(&table->printer, CALLS_WIDTH))
        put_share(printer, change->ns,
                  table->comparison->ledgers[BEFORE].head.self_ns);
    if (printer_has_room(&table->printer, SELF_WIDTH)) {
        printer_duration(printer, sums[BEFORE].self_ns, 12);
        printer_duration(printer, sums[AFTER].self_ns, 10);
    }
    if (printer_has_room(&table->printer, TOTAL_WIDTH)) {
        printer_duration(printer, sums[BEFORE].total_ns, 13);
        printer_duration(printer, sums[AFTER].total_ns, 10);
    }
    if (printer_has_room(&table->printer, CALLS_WIDTH)) {
        printer_count(printer, sums[BEFORE].calls, 13);
        printer_count(printer, sums[AFTER].calls, 11);
    }
}

/* Several functions that can't be told apart say how many they are. */
static void
put_name(struct printer *printer, const struct pair *pair)
{
    char text[1024];
    struct phrase phrase = phrase_begin(text, sizeof text);
    phrase_add(&phrase, "%s", ledger_text(pair->ledger, pair->entry->name));
    if (pair->functions[BEFORE] > 1 || pair->functions[AFTER] > 1)
        phrase_add(&phrase, ", all of that name: %u before, %u after",
                   pair->functions[BEFORE], pair->functions[AFTER]);
    printer_name(printer, text);
}

static void
put_row(struct table *table, const struct pair *pair)
{
    struct printer *printer = &table->printer;
    char text[64];
    struct change change = comparison_change(table->comparison, pair);
    bool dim = change_is_pale(change.kind);
    if (dim)
        printer_dim(printer);
    put_numbers(table, pair, &change);
    describe(pair, &change, text, sizeof text);
    printer_indent(printer, 2);
    printer_text(printer, text);
    size_t used = strlen(text) + 2;
    printer_indent(printer,
                   used < CHANGE_COLUMNS ? CHANGE_COLUMNS - (unsigned)used : 1);
    put_name(printer, pair);
    if (dim)
        printer_plain(printer);
}

/* == AROUND THEM =========================================================== */

static const char *
title(const char *sort)
{
    switch (sort[0]) {
    case 't': return "functions by difference of total time";
    case 'c': return "functions by difference of calls";
    case 'm':
        return sort[1] == 'e' ? "functions by difference of mean time"
                              : "functions by difference of the longest call";
    case 'n': return "functions by name";
    default: return "functions by difference of self time";
    }
}

static void
put_title(struct table *table)
{
    char text[1024];
    struct phrase phrase = phrase_begin(text, sizeof text);
    const struct comparison *comparison = table->comparison;
    phrase_add(&phrase, "%s -> %s: %s", comparison->names[BEFORE],
               comparison->names[AFTER], title(comparison->sort));
    printer_bold(&table->printer);
    printer_name(&table->printer, text);
    printer_plain(&table->printer);
}

/* "self time 12.1 ms -> 15.3 ms, 1,200 -> 1,300 calls". */
static void
put_whole(struct table *table)
{
    struct printer *printer = &table->printer;
    const struct ledger *ledgers = table->comparison->ledgers;
    printer_text(printer, "self time ");
    printer_duration(printer, ledgers[BEFORE].head.self_ns, 0);
    printer_text(printer, " -> ");
    printer_duration(printer, ledgers[AFTER].head.self_ns, 0);
    printer_text(printer, ", ");
    printer_count(printer, ledgers[BEFORE].head.calls, 0);
    printer_text(printer, " -> ");
    printer_count(printer, ledgers[AFTER].head.calls, 0);
    printer_text(printer, " calls");
    printer_end_line(printer);
}

/* "2 slower, 1 gone, 230 noise". */
static void
put_kinds(struct table *table)
{
    static const char *const words[CHANGE_KINDS] = {"new",
                                                    "gone",
                                                    "slower",
                                                    "faster",
                                                    "with more calls",
                                                    "with fewer calls",
                                                    "noise",
                                                    "small",
                                                    "called once"};
    char text[512];
    struct phrase phrase = phrase_begin(text, sizeof text);
    bool any = false;
    for (int i = 0; i < CHANGE_KINDS; i++)
        any |= table->kinds[i] > 0 && i != CHANGE_SINGLE &&
               !change_is_pale((enum change_kind)i);
    if (!any)
        phrase_add(&phrase, "no change beyond noise");
    for (int i = 0; i < CHANGE_KINDS; i++)
        if (table->kinds[i] > 0)
            phrase_add(&phrase, "%s%u %s", phrase.used ? ", " : "",
                       table->kinds[i], words[i]);
    printer_text(&table->printer, text);
    printer_end_line(&table->printer);
}

/* "the second run was 1.3 times slower altogether". */
static void
add_speed(struct phrase *phrase, double speed)
{
    double factor = exp(fabs(speed));
    if (factor >= SAID_FACTOR)
        phrase_add(phrase, "the second run was %.1f times %s altogether",
                   factor, speed > 0 ? "slower" : "faster");
}

/* "it waited for a processor for 40% of its time, the first run for 3%". */
static void
add_waits(struct phrase *phrase, const double waits[SIDES])
{
    double shares[SIDES];
    for (int side = BEFORE; side < SIDES; side++)
        shares[side] = waits[side] / (1 + waits[side]);
    if (fabs(shares[AFTER] - shares[BEFORE]) < SAID_SHARE)
        return;
    phrase_add(phrase,
               "%s waited for a processor for %.0f%% of its time, the first "
               "for %.0f%%",
               phrase->used ? "; it" : "the second run", shares[AFTER] * 100,
               shares[BEFORE] * 100);
}

/* What the two differ by as a whole. */
static void
put_machine(struct table *table)
{
    char text[256];
    struct phrase phrase = phrase_begin(text, sizeof text);
    const struct machine *machine = &table->comparison->scale.machine;
    add_speed(&phrase, machine->speed);
    add_waits(&phrase, machine->waits);
    if (expm1(machine->ordinary) >= SAID_DIFFERENCE)
        phrase_add(&phrase, "%san ordinary function differs by %.0f%%",
                   phrase.used ? "; " : "", expm1(machine->ordinary) * 100);
    if (phrase.used == 0)
        return;
    printer_text(&table->printer, text);
    printer_end_line(&table->printer);
}

static uint32_t
rows_of(const struct table *table)
{
    const struct comparison *comparison = table->comparison;
    bool terminal = table->printer.colour || table->printer.width;
    uint64_t limit = comparison->limited ? comparison->limit
                     : terminal          ? TERMINAL_ROWS
                                         : 0;
    return limit == 0 || limit > comparison->count ? comparison->count
                                                   : (uint32_t)limit;
}

static void
put_rest(struct table *table, uint32_t rows)
{
    struct printer *printer = &table->printer;
    if (rows == table->comparison->count)
        return;
    printer_dim(printer);
    printer_count(printer, table->comparison->count - rows, 11);
    printer_text(printer, " more functions (--limit 0 shows all)");
    printer_plain(printer);
    printer_end_line(printer);
}

void
comparison_put_table(const struct comparison *comparison, struct sink *sink)
{
    struct table table = {.comparison = comparison};
    printer_begin(&table.printer, sink);
    uint32_t rows = rows_of(&table);
    put_title(&table);
    put_head(&table);
    for (uint32_t i = 0; i < comparison->count; i++)
        table
            .kinds[comparison_change(comparison, &comparison->pairs[i]).kind]++;
    for (uint32_t i = 0; i < rows; i++)
        put_row(&table, &comparison->pairs[i]);
    put_rest(&table, rows);
    printer_end_line(&table.printer);
    put_whole(&table);
    put_kinds(&table);
    put_machine(&table);
}
