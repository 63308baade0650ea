/* SPDX-License-Identifier: Apache-2.0
 *
 * condition.c: see condition.h.  A pattern may hold brackets; what compares
 * stands behind the last closing one.
 */
#include "launcher/diff/condition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/phrase.h"
#include "launcher/support/message.h"

#define HOW_TO                                                            \
    "give MEASURE(PATTERN) > +AMOUNT, as in 'total(app.*:*) > +20%%' or " \
    "'self(load) > +5ms'"

static const char *const measures[] = {
    [CONDITION_TOTAL] = "total",
    [CONDITION_SELF] = "self",
    [CONDITION_MEAN] = "mean",
    [CONDITION_CALLS] = "calls",
};

static int
wrong(const char *text, const char *what)
{
    message_say("--fail-if: can't read '%s': %s; " HOW_TO, text, what);
    return -1;
}

/* == READING =============================================================== */

static const char *
skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* Behind the measure and its bracket, or NULL. */
static const char *
read_measure(struct condition *condition)
{
    const char *at = skip_blanks(condition->text);
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
        size_t length = strlen(measures[i]);
        const char *behind =
            skip_blanks(at + (strncmp(at, measures[i], length) ? 0 : length));
        if (behind > at && *behind == '(') {
            condition->measure = (enum condition_measure)i;
            return behind + 1;
        }
    }
    return NULL;
}

/* The amount's factor to the measure's unit by what stands behind it; 0: none. */
static double
factor_of(struct condition *condition, const char *unit)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}};
    bool calls = condition->measure == CONDITION_CALLS;
    condition->percent = strcmp(unit, "%") == 0;
    if (condition->percent || (calls && !*unit))
        return 1;
    for (size_t i = 0; i < sizeof units / sizeof *units && !calls; i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].ns;
    return 0;
}

static int
read_amount(struct condition *condition, const char *at)
{
    char unit[8] = "", *end;
    if (*at != '+' && *at != '-')
        return wrong(condition->text,
                     "the amount is a change and starts with + or -");
    if (at[1] < '0' || at[1] > '9')
        return wrong(condition->text, "the amount is no number");
    condition->amount = strtod(at, &end);
    at = skip_blanks(end);
    size_t length = strcspn(at, " \t");
    if (length < sizeof unit)
        memcpy(unit, at, length);
    double factor = factor_of(condition, unit);
    if (factor == 0 || length >= sizeof unit || *skip_blanks(at + length))
        return wrong(condition->text,
                     condition->measure == CONDITION_CALLS
                         ? "calls change by a number or by %"
                         : "a time needs a unit (ns, us, ms, s, m) or %");
    condition->amount *= factor;
    return 0;
}

static int
read_condition(struct condition *condition)
{
    const char *glob = read_measure(condition);
    const char *close = glob ? strrchr(glob, ')') : NULL;
    if (!glob)
        return wrong(condition->text,
                     "it starts with total(, self(, mean( or calls(");
    if (!close || close == glob)
        return wrong(condition->text, close ? "the pattern is empty"
                                            : "the bracket is not closed");
    condition->glob = strndup(glob, (size_t)(close - glob));
    const char *sign = skip_blanks(close + 1);
    if (*sign != '>' && *sign != '<')
        return wrong(condition->text, "behind the bracket comes > or <");
    condition->falls = *sign == '<';
    return read_amount(condition, skip_blanks(sign + 1));
}

int
conditions_choose(struct conditions *conditions, const struct options *options)
{
    const char *text;
    *conditions = (struct conditions){.count = 0};
    for (size_t i = 0; options_is_given(options, OPTION_fail_if) &&
                       (text = options_at(options, OPTION_fail_if, i));
         i++) {
        if (i == CONDITION_LIMIT) {
            message_say("more than %d times --fail-if; compare again for the "
                        "others",
                        CONDITION_LIMIT);
            return -1;
        }
        struct condition *condition = &conditions->list[conditions->count++];
        condition->text = text;
        if (read_condition(condition) < 0)
            return -1;
    }
    return 0;
}

void
conditions_free(struct conditions *conditions)
{
    for (size_t i = 0; i < conditions->count; i++)
        free(conditions->list[i].glob);
    conditions->count = 0;
}

/* == CHECKING ============================================================== */

double
condition_value(const struct condition *condition,
                const struct condition_sums *sums)
{
    switch (condition->measure) {
    case CONDITION_TOTAL: return (double)sums->sums.total_ns;
    case CONDITION_SELF: return (double)sums->sums.self_ns;
    case CONDITION_MEAN: return (double)sums_mean_ns(&sums->sums);
    case CONDITION_CALLS: break;
    }
    return (double)sums->sums.calls;
}

bool
condition_holds(const struct condition *condition, double before, double after)
{
    double limit = condition->percent ? before * (1 + condition->amount / 100)
                                      : before + condition->amount;
    return condition->falls ? after < limit : after > limit;
}

static void
add_value(struct phrase *phrase, const struct condition *condition,
          double value)
{
    char digits[PHRASE_DIGITS];
    if (condition->measure == CONDITION_CALLS)
        phrase_add(phrase, "%s", phrase_digits(digits, (uint64_t)value));
    else if (value < 1e3)
        phrase_add(phrase, "%.0f ns", value);
    else if (value < 1e6)
        phrase_add(phrase, "%.4g us", value / 1e3);
    else if (value < 1e9)
        phrase_add(phrase, "%.4g ms", value / 1e6);
    else
        phrase_add(phrase, "%.3f s", value / 1e9);
}

void
condition_say(const struct condition *condition, double before, double after)
{
    char text[1024];
    struct phrase phrase = phrase_begin(text, sizeof text);
    phrase_add(&phrase, "%s: ", condition->text);
    add_value(&phrase, condition, before);
    phrase_add(&phrase, " before, ");
    add_value(&phrase, condition, after);
    phrase_add(&phrase, " after");
    if (before > 0)
        phrase_add(&phrase, " (%+.1f%%)", (after - before) * 100 / before);
    message_say("%s", text);
}
