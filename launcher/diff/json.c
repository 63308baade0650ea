/* SPDX-License-Identifier: Apache-2.0
 *
 * diff/json.c: a comparison as JSON.  share/doc/diff.md tells what is in it; what
 * takes something away or gives it another meaning makes a new version.
 */
#include <math.h>

#include "formats/base/escape.h"
#include "launcher/diff/comparison.h"

#define VERSION 2

static void
put_difference(struct sink *sink, const char *key, int64_t value)
{
    sink_puts(sink, ",\"");
    sink_puts(sink, key);
    sink_puts(sink, value < 0 ? "\":-" : "\":");
    sink_decimal(sink, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* == RECORDINGS ============================================================ */

static void
put_recording(struct sink *sink, const char *key, const char *name,
              const struct ledger *ledger)
{
    sink_puts(sink, ",\n\"");
    sink_puts(sink, key);
    sink_puts(sink, "\":{");
    escape_member(sink, "name", name);
    sink_puts(sink, ",");
    escape_member(sink, "program", ledger_text(ledger, ledger->head.program));
    escape_count(sink, "calls", ledger->head.calls);
    escape_count(sink, "self_ns", ledger->head.self_ns);
    escape_count(sink, "duration_ns", ledger->head.duration_ns);
    escape_count(sink, "lost", ledger->head.lost);
    escape_count(sink, "cpu_ns", ledger->head.cpu_ns);
    escape_count(sink, "delay_ns", ledger->head.delay_ns);
    sink_puts(sink, "}");
}

static void
put_machine(struct sink *sink, const struct machine *machine)
{
    sink_puts(sink, ",\n\"speed\":");
    escape_number(sink, exp(machine->speed));
    sink_puts(sink, ",\n\"ordinary_difference\":");
    escape_number(sink, expm1(machine->ordinary));
}

/* == FUNCTIONS ============================================================= */

static void
put_sums(struct sink *sink, const char *key, const struct pair *pair, int side)
{
    const struct sums *sums = &pair->sums[side];
    sink_puts(sink, ",\"");
    sink_puts(sink, key);
    sink_puts(sink, "\":{\"functions\":");
    sink_decimal(sink, pair->functions[side]);
    escape_count(sink, "calls", sums->calls);
    escape_count(sink, "self_ns", sums->self_ns);
    escape_count(sink, "total_ns", sums->total_ns);
    escape_count(sink, "mean_ns", sums_mean_ns(sums));
    escape_count(sink, "max_ns", sums->max_ns);
    sink_puts(sink, "}");
}

static void
put_change(struct sink *sink, const char *key, const struct change *change)
{
    sink_puts(sink, ",\"");
    sink_puts(sink, key);
    sink_puts(sink, "\":{");
    escape_member(sink, "change", change_name(change->kind));
    put_difference(sink, "difference_ns", change->ns);
    put_difference(sink, "by_calls_ns", change->calls_ns);
    put_difference(sink, "by_each_ns", change->each_ns);
    sink_puts(sink, ",\"each\":");
    escape_number(sink, change->each);
    sink_puts(sink, "}");
}

static void
put_function(const struct comparison *comparison, const struct pair *pair,
             struct sink *sink)
{
    struct change self = change_of_self(pair, &comparison->scale);
    struct change total = change_of_total(pair, &comparison->scale);
    const struct ledger *ledger = pair->ledger;
    sink_puts(sink, "{");
    escape_member(sink, "name", ledger_text(ledger, pair->entry->name));
    sink_puts(sink, ",");
    escape_member(sink, "module", ledger_text(ledger, pair->entry->module));
    sink_puts(sink, ",");
    escape_member(sink, "file", ledger_text(ledger, pair->entry->file));
    escape_count(sink, "line", pair->entry->line);
    put_change(sink, "self", &self);
    put_change(sink, "total", &total);
    put_sums(sink, "before", pair, BEFORE);
    put_sums(sink, "after", pair, AFTER);
    sink_puts(sink, "}");
}

/* == CONDITIONS ============================================================ */

static void
put_condition(const struct comparison *comparison, size_t number,
              struct sink *sink)
{
    const struct condition *condition = &comparison->conditions->list[number];
    const struct ledger *ledgers = comparison->ledgers;
    double before =
        condition_value(condition, &ledgers[BEFORE].head.conditions[number]);
    double after =
        condition_value(condition, &ledgers[AFTER].head.conditions[number]);
    sink_puts(sink, number > 0 ? ",\n{" : "\n{");
    escape_member(sink, "condition", condition->text);
    escape_count(sink, "before", (uint64_t)before);
    escape_count(sink, "after", (uint64_t)after);
    sink_puts(sink, condition_holds(condition, before, after)
                        ? ",\"holds\":true}"
                        : ",\"holds\":false}");
}

/* == ALL =================================================================== */

void
comparison_put_json(const struct comparison *comparison, struct sink *sink)
{
    uint32_t rows = comparison->count;
    if (comparison->limit > 0 && comparison->limit < rows)
        rows = (uint32_t)comparison->limit;
    sink_puts(sink, "{\"version\":");
    sink_decimal(sink, VERSION);
    put_recording(sink, "before", comparison->names[BEFORE],
                  &comparison->ledgers[BEFORE]);
    put_recording(sink, "after", comparison->names[AFTER],
                  &comparison->ledgers[AFTER]);
    put_machine(sink, &comparison->scale.machine);
    sink_puts(sink, ",\n\"functions\":[");
    for (uint32_t i = 0; i < rows; i++) {
        sink_puts(sink, i > 0 ? ",\n" : "\n");
        put_function(comparison, &comparison->pairs[i], sink);
    }
    sink_puts(sink, "],\n\"conditions\":[");
    for (size_t i = 0; i < comparison->conditions->count; i++)
        put_condition(comparison, i, sink);
    sink_puts(sink, "]}\n");
}
