/* SPDX-License-Identifier: Apache-2.0
 *
 * callargs.c: see callargs.h.
 *
 *     ,"args":{"step":true,"before":true,"arguments":{"id":17,"return":null}}
 */
#define _GNU_SOURCE
#include "launcher/replay/callargs.h"

#include <stdbool.h>
#include <string.h>

static bool
take(const char **at, const char *text)
{
    size_t count = strlen(text);
    if (strncmp(*at, text, count) != 0)
        return false;
    *at += count;
    return true;
}

static const char *
behind_string(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++)
        at += *at == '\\' && at[1] != '\0';
    return *at == '"' ? at + 1 : at;
}

/* Behind the object that begins there. */
static const char *
behind_object(const char *at)
{
    unsigned depth = 0;
    do {
        depth += *at == '{';
        depth -= *at == '}';
        at = *at == '"' ? behind_string(at) : at + (*at != '\0');
    } while (depth > 0 && *at != '\0');
    return at;
}

const char *
callargs_take(const char *at, struct callargs *args)
{
    if (!take(&at, ",\"args\":{"))
        return at;
    bool step = take(&at, "\"step\":true");
    bool before = step && take(&at, ",\"before\":true");
    args->how |= (step ? CALL_STEP : 0u) | (before ? CALL_BEFORE : 0u);
    if (step)
        take(&at, ",");
    if (take(&at, "\"arguments\":") && *at == '{') {
        args->arguments = at;
        at = behind_object(at);
        args->bytes = (size_t)(at - args->arguments);
        args->how |= CALL_ARGUMENTS;
    }
    return *at == '}' ? at + 1 : at;
}
