/* SPDX-License-Identifier: Apache-2.0
 *
 * exception.c: see exception.h.
 */
#include "formats/trace/exception.h"

#include <stdlib.h>
#include <string.h>

#include "formats/trace/jsonobject.h"

/* == TEXT =================================================================== */

static unsigned
hex(const char *digits)
{
    char copy[5] = {digits[0], digits[1], digits[2], digits[3], '\0'};
    return (unsigned)strtoul(copy, NULL, 16);
}

/* Of a clean object: only control characters are written as numbers. */
static char
plain(const char **from)
{
    static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
    char letter = *(*from)++;
    const char *at = strchr(letters, letter);
    if (letter != 'u')
        return at ? bytes[at - letters] : letter;
    *from += 4;
    return (char)hex(*from - 4);
}

/* Without the quotes; NULL without memory. */
static char *
unquote(const struct jsonobject_member *member)
{
    const char *at = member->value + 1;
    const char *end = member->value + member->value_bytes - 1;
    char *text = malloc(member->value_bytes + 1), *to = text;
    if (!text)
        return NULL;
    while (at < end) {
        char byte = *at++;
        *to++ = byte == '\\' ? plain(&at) : byte;
    }
    *to = '\0';
    return text;
}

static bool
is_called(const struct jsonobject_member *member, const char *quoted)
{
    return member->key_bytes == strlen(quoted) &&
           memcmp(member->key, quoted, member->key_bytes) == 0;
}

/* == READING ================================================================ */

static char **
place_of(struct exception *exception, const struct jsonobject_member *member)
{
    return is_called(member, "message")    ? &exception->message
           : is_called(member, "function") ? &exception->function
           : is_called(member, "caught")   ? &exception->caught
                                           : NULL;
}

static void
take_number(struct exception *exception, const struct jsonobject_member *member)
{
    uint32_t number = (uint32_t)strtoul(member->value, NULL, 10);
    if (is_called(member, "line"))
        exception->line = number;
    else if (is_called(member, "caught_line"))
        exception->caught_line = number;
    else if (is_called(member, "calls"))
        exception->calls = number;
}

static int
take(struct exception *exception, const struct jsonobject_member *member)
{
    char **text = place_of(exception, member);
    if (text && *member->value == '"' && !*text)
        return (*text = unquote(member)) ? 0 : -1;
    if (*member->value == 'n')
        exception->uncaught |= text == &exception->caught;
    else if (*member->value == 't')
        exception->control |= is_called(member, "control");
    else
        take_number(exception, member);
    return 0;
}

int
exception_read(struct exception *exception, const struct instant *instant)
{
    const char *at = instant->text;
    struct jsonobject_member member;
    int result = 0;
    *exception = (struct exception){0};
    while (result == 0 && *at != '\0' && jsonobject_next(&at, &member))
        result = take(exception, &member);
    if (!exception->message)
        exception->message = calloc(1, 1);
    if (!exception->function)
        exception->function = calloc(1, 1);
    if (result == 0 && exception->message && exception->function)
        return 0;
    exception_free(exception);
    return -1;
}

void
exception_free(struct exception *exception)
{
    free(exception->message);
    free(exception->function);
    free(exception->caught);
    *exception = (struct exception){0};
}

/* == FUNCTIONS ============================================================== */

static bool
is_code(const struct function *function)
{
    return function->kind == FUNCTION_PYTHON || function->kind == FUNCTION_C;
}

static int
compare(const void *a, const void *b)
{
    const struct function *x = *(const struct function *const *)a,
                          *y = *(const struct function *const *)b;
    return strcmp(x->name, y->name);
}

static bool
sort(struct exception_functions *functions, const struct trace *trace)
{
    size_t count = trace->function_count;
    functions->sorted = malloc((count + 1) * sizeof(void *));
    if (!functions->sorted)
        return false;
    memcpy(functions->sorted, trace->functions, count * sizeof(void *));
    qsort(functions->sorted, count, sizeof(void *), compare);
    return true;
}

const struct function *
exception_function(struct exception_functions *functions,
                   const struct trace *trace, const char *name, bool *failed)
{
    struct function key = {.name = (char *)name};
    const struct function *wanted = &key, **found;
    *failed = !functions->sorted && !sort(functions, trace);
    if (*failed || !name)
        return NULL;
    found = bsearch(&wanted, functions->sorted, trace->function_count,
                    sizeof(void *), compare);
    return found && is_code(*found) ? *found : NULL;
}
