/* SPDX-License-Identifier: Apache-2.0
 *
 * ownfile.c: see ownfile.h.
 */
#include "formats/base/ownfile.h"

#include <string.h>

struct name {
    const char *at, *end;
};

static bool
starts_with(struct name name, const char *start)
{
    size_t length = strlen(start);
    return (size_t)(name.end - name.at) >= length &&
           memcmp(name.at, start, length) == 0;
}

/* What is left behind the first text in it; at is NULL where it is not there. */
static struct name
behind(struct name name, const char *text)
{
    size_t length = strlen(text);
    const char *found =
        memmem(name.at, (size_t)(name.end - name.at), text, length);
    return (struct name){found ? found + length : NULL, name.end};
}

static bool
holds(struct name name, const char *text)
{
    return behind(name, text).at != NULL;
}

static struct name
without_digits(struct name name, const char *others)
{
    while (name.at < name.end &&
           ((*name.at >= '0' && *name.at <= '9') || strchr(others, *name.at)))
        name.at++;
    return name;
}

/* Behind "lib/python": "3.11", "3.13t", "3" (Debian's lib/python3/dist-packages),
 * then the folder's end. */
static bool
is_version(struct name name)
{
    return starts_with(name, "3") &&
           starts_with(without_digits(name, ".t"), "/");
}

/* Behind "/python3": "11.zip", which holds a standard library. */
static bool
is_archive(struct name name)
{
    return starts_with(without_digits(name, ""), ".zip/");
}

/* Whether text is anywhere in it before something that fits. */
static bool
holds_before(struct name name, const char *text, bool fits(struct name))
{
    while ((name = behind(name, text)).at != NULL)
        if (fits(name))
            return true;
    return false;
}

/* Names that are not files: of frozen modules, of what the tracer carries, and of
 * code that libraries write. */
static bool
is_made(struct name file)
{
    static const char *const starts[] = {"<frozen ", "<codesnap", "<attrs ",
                                         "<decorator-gen",
                                         "<__array_function__"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (starts_with(file, starts[i]))
            return true;
    return false;
}

bool
ownfile_is(const char *file, size_t length, bool in_main)
{
    struct name name = {file, file + length};
    if (starts_with(name, "<string>"))
        return in_main;
    return length > 0 && !is_made(name) && !holds(name, "/site-packages/") &&
           !holds(name, "/dist-packages/") &&
           !holds_before(name, "lib/python", is_version) &&
           !holds_before(name, "lib64/python", is_version) &&
           !holds_before(name, "/python3", is_archive);
}
