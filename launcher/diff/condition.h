/* SPDX-License-Identifier: Apache-2.0
 *
 * condition.h: what --fail-if asks for: MEASURE(PATTERN) > +AMOUNT.
 */
#ifndef CODESNAP_CONDITION_H
#define CODESNAP_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "launcher/diff/sums.h"
#include "launcher/support/options.h"

enum {
    CONDITION_LIMIT = 32
};

enum condition_measure {
    CONDITION_TOTAL,
    CONDITION_SELF,
    CONDITION_MEAN,
    CONDITION_CALLS
};

struct condition {
    const char *text; /* as it was given */
    enum condition_measure measure;
    char *glob; /* as for glob_fits */
    bool falls; /* <, else > */
    bool percent;
    double amount; /* percent, nanoseconds or calls, with its sign */
};

struct conditions {
    size_t count;
    struct condition list[CONDITION_LIMIT];
};

/* What the functions that a condition's pattern matches come to.  In the total
 * the time in which several of them were open at once is there once. */
struct condition_sums {
    struct sums sums;
    uint32_t functions; /* that match and were called */
};

/* Take them from the options.  0, or -1 after it has said what is wrong.
 * conditions_free is for both cases. */
int conditions_choose(struct conditions *conditions,
                      const struct options *options);
void conditions_free(struct conditions *conditions);

/* In the measure's own unit. */
double condition_value(const struct condition *condition,
                       const struct condition_sums *sums);
bool condition_holds(const struct condition *condition, double before,
                     double after);
/* Say in one line that it does, and both figures. */
void condition_say(const struct condition *condition, double before,
                   double after);

#endif
