/* SPDX-License-Identifier: Apache-2.0
 *
 * setting.c: see setting.h.  In the page 0 is "as it was started", and all ones are
 * "none".
 */
#include "launcher/ctl/setting.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/amount.h"
#include "formats/base/phrase.h"
#include "formats/base/share.h"
#include "launcher/support/message.h"
#include "launcher/support/optionrow.h"

/* == WHAT CAN BE SET ====================================================== */

static void
store_depth(struct control *control, const char *value)
{
    uint32_t depth =
        value ? (uint32_t)strtoul(value, NULL, 10) : CONTROL_NO_NUMBER;
    __atomic_store_n(&control->most_calls, depth, __ATOMIC_RELEASE);
}

static void
store_overhead(struct control *control, const char *value)
{
    uint32_t share = value ? share_per_mille(value) : CONTROL_NO_NUMBER;
    __atomic_store_n(&control->most_overhead, share, __ATOMIC_RELEASE);
}

static void
store_duration(struct control *control, const char *value)
{
    uint64_t ns = value ? amount_duration_ns(value) : CONTROL_NO_TIME;
    __atomic_store_n(&control->shortest_ns, ns, __ATOMIC_RELEASE);
}

static const struct setting {
    enum option option;
    void (*store)(struct control *control, const char *value); /* NULL: none */
    uint32_t refusal;
} settings[] = {
    {OPTION_max_depth, store_depth, 0},
    {OPTION_max_overhead, store_overhead, CONTROL_UNBOUND},
    {OPTION_min_duration, store_duration, CONTROL_KEEPS_SHORT},
};

#define SETTINGS (sizeof settings / sizeof *settings)

static const struct setting *
find_setting(enum option option)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (settings[i].option == option)
            return &settings[i];
    return NULL;
}

/* == WHAT CAN'T =========================================================== */

static enum option
find_option(const char *name, size_t length)
{
    char flag[OPTION_NAME_BYTES];
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strlen(optionrow_name(flag, (enum option)i)) == length &&
            memcmp(flag, name, length) == 0)
            return (enum option)i;
    return OPTION_COUNT;
}

/* The way out. */
static int
refuse(enum option option, const char *name, int length)
{
    switch (option) {
    case OPTION_COUNT:
        message_say("no option '%.*s'; what can be set in a program that runs "
                    "is max-depth, max-overhead and min-duration",
                    length, name);
        break;
    case OPTION_include:
    case OPTION_exclude:
    case OPTION_exclude_tree:
    case OPTION_own:
        message_say("%.*s can't be set in a program that runs, where it is "
                    "decided once for each function: start it with --%.*s, or "
                    "take a part out later (codesnap convert --function)",
                    length, name, length, name);
        break;
    default:
        message_say("%.*s can't be set in a program that runs: start it with "
                    "--%.*s",
                    length, name, length, name);
    }
    return -1;
}

/* == SETTING ============================================================== */

int
setting_store(struct control *control, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    enum option option = find_option(text, length);
    const struct setting *setting = find_setting(option);
    char name[OPTION_NAME_BYTES];
    if (!setting)
        return refuse(option, text, (int)length);
    optionrow_name(name, option);
    if (!equals) {
        message_say("%s needs a value, or none: set %s=VALUE", name, name);
        return -1;
    }
    bool none = strcmp(equals + 1, "none") == 0;
    if (!none && optionrow_check(&optionrows[option], name, equals + 1) < 0)
        return -1;
    setting->store(control, none ? NULL : equals + 1);
    return 0;
}

uint32_t
setting_may_be_refused(const char *text)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    const struct setting *setting = find_setting(find_option(text, length));
    return setting && equals && strcmp(equals + 1, "none") != 0
               ? setting->refusal
               : 0;
}

/* == SAYING =============================================================== */

static void
say(struct phrase *phrase, const char *name, const char *value)
{
    phrase_add(phrase, "%s%s=%s", phrase->used ? " " : "", name, value);
}

static void
say_number(struct phrase *phrase, const char *name, uint32_t number,
           double unit, const char *sign)
{
    char value[32];
    snprintf(value, sizeof value, "%.10g%s", number * unit, sign);
    if (number)
        say(phrase, name, number == CONTROL_NO_NUMBER ? "none" : value);
}

const char *
setting_say(const struct control *control, char text[SETTING_TEXT_BYTES])
{
    struct phrase phrase = phrase_begin(text, SETTING_TEXT_BYTES);
    char time[AMOUNT_ROOM];
    uint64_t ns = __atomic_load_n(&control->shortest_ns, __ATOMIC_ACQUIRE);
    amount_say((struct amount){.ns = ns}, time);
    say_number(&phrase, "max-depth",
               __atomic_load_n(&control->most_calls, __ATOMIC_ACQUIRE), 1, "");
    say_number(&phrase, "max-overhead",
               __atomic_load_n(&control->most_overhead, __ATOMIC_ACQUIRE), 0.1,
               "%");
    if (ns)
        say(&phrase, "min-duration", ns == CONTROL_NO_TIME ? "none" : time);
    return text;
}
