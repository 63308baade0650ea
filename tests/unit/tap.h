/* SPDX-License-Identifier: Apache-2.0
 *
 * tap.h: the little that a unit test needs: numbered results in TAP, and a
 * folder of its own that is gone afterwards.  One program includes it once.
 */
#ifndef CODESNAP_TAP_H
#define CODESNAP_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int tap_count, tap_failed;
static char tap_folder[256];

static inline bool
tap_ok(bool fine, const char *name)
{
    printf("%sok %d - %s\n", fine ? "" : "not ", ++tap_count, name);
    tap_failed += !fine;
    return fine;
}

static inline bool
tap_same(const char *name, const char *got, const char *expected)
{
    bool fine = strcmp(got, expected) == 0;
    if (!tap_ok(fine, name))
        printf("# got      %s\n# expected %s\n", got, expected);
    return fine;
}

static inline bool
tap_equal(const char *name, long long got, long long expected)
{
    if (!tap_ok(got == expected, name))
        printf("# got %lld, expected %lld\n", got, expected);
    return got == expected;
}

static inline void
tap_remove_folder(void)
{
    char command[512];
    snprintf(command, sizeof command, "rm -rf '%s'", tap_folder);
    if (system(command) != 0)
        printf("# %s stays\n", tap_folder);
}

/* The folder of this program, made when it is first asked for. */
static inline const char *
tap_scratch(void)
{
    if (tap_folder[0] != '\0')
        return tap_folder;
    const char *base = getenv("TMPDIR");
    snprintf(tap_folder, sizeof tap_folder, "%s/codesnap-unit-XXXXXX",
             base != NULL ? base : "/tmp");
    if (mkdtemp(tap_folder) == NULL) {
        printf("Bail out! no temporary folder\n");
        exit(1);
    }
    atexit(tap_remove_folder);
    return tap_folder;
}

static inline int
tap_done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed != 0;
}

#endif
