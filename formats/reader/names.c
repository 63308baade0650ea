/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c: a hash table of functions and the composing of their names, such
 * as "Shop.Inner.deep (shop.py:7)" and "list.append".
 */
#include "formats/reader/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"

#define FIRST_SLOTS 1024u

/* == COMPOSING ============================================================== */

/* The part of a file's path that is shown: its last part, and the folder too
 * where that says more than the file does. */
static const char *
shown_file(const char *file)
{
    const char *base = text_base(file);
    if (strcmp(base, "__init__.py") != 0 && strcmp(base, "__main__.py") != 0)
        return base;
    if (base == file)
        return base;
    const char *folder = base - 1;
    while (folder > file && folder[-1] != '/')
        folder--;
    return folder;
}

/* The name of the module that lies in a file: "app" for app.py, "flask" for
 * flask/__init__.py, "os" for <frozen os>. */
static bool
is_file_of(const char *module, const char *file)
{
    const char *shown = shown_file(file);
    size_t length = strlen(module);
    if (strncmp(shown, "<frozen ", 8) == 0)
        return strncmp(shown + 8, module, length) == 0 &&
               strcmp(shown + 8 + length, ">") == 0;
    return strncmp(shown, module, length) == 0 &&
           (strncmp(shown + length, ".py", 3) == 0 ||
            strcmp(shown + length, "/__init__.py") == 0);
}

/* The code of a module that was imported, not that of a program or of exec(),
 * which runs under the name of whoever called it. */
static bool
is_import(const struct function *function)
{
    const char *dot = strrchr(function->module, '.');
    return strcmp(function->qualified_name, "<module>") == 0 &&
           function->module[0] != '\0' &&
           strcmp(function->module, "__main__") != 0 &&
           (is_file_of(dot != NULL ? dot + 1 : function->module,
                       function->file) ||
            is_file_of(function->module, function->file));
}

static char *
compose_python(const struct function *function)
{
    const char *file = shown_file(function->file);
    bool import = is_import(function);
    const char *name = import ? function->module : function->qualified_name;
    const char *start = import ? "import " : "";
    char *text = NULL;
    int length =
        function->line > 0
            ? asprintf(&text, "%s%s (%s:%u)", start, name, file, function->line)
        : file[0] != '\0' ? asprintf(&text, "%s%s (%s)", start, name, file)
                          : asprintf(&text, "%s%s", start, name);
    return length < 0 ? NULL : text;
}

static char *
compose_other(const struct function *function)
{
    size_t module = strlen(function->module);
    size_t own = strlen(function->qualified_name);
    char *name = malloc(module + own + 2);
    if (name == NULL)
        return NULL;
    memcpy(name, function->module, module);
    size_t used = module;
    if (module > 0)
        name[used++] = '.';
    memcpy(name + used, function->qualified_name, own + 1);
    return name;
}

/* What the program named is shown by that name alone. */
static char *
compose_name(const struct function *function)
{
    switch (function->kind) {
    case FUNCTION_PYTHON: return compose_python(function);
    case FUNCTION_SPAN:
    case FUNCTION_INSTANT: return strdup(function->qualified_name);
    case FUNCTION_COUNTER:
        if (function->qualified_name[0] == '\0' ||
            strcmp(function->qualified_name, function->module) == 0)
            return strdup(function->module);
        return compose_other(function);
    default: return compose_other(function);
    }
}

static void
function_free(struct function *function)
{
    if (function == NULL)
        return;
    free(function->name);
    free(function->module);
    free(function->qualified_name);
    free(function->file);
    free(function);
}

static int
name_function(struct function *function)
{
    if (function->module == NULL || function->qualified_name == NULL ||
        function->file == NULL)
        return -1;
    function->name = compose_name(function);
    if (function->name == NULL)
        return -1;
    function->name_bytes = strlen(function->name);
    return 0;
}

static struct function *
function_new(enum function_kind kind, uint32_t line, struct meta_text module,
             struct meta_text qualified_name, struct meta_text file)
{
    struct function *function = calloc(1, sizeof *function);
    if (function == NULL)
        return NULL;
    function->kind = kind;
    function->line = line;
    function->module = text_clean(module.bytes, module.count);
    function->qualified_name =
        text_clean(qualified_name.bytes, qualified_name.count);
    function->file = text_clean(file.bytes, file.count);
    if (name_function(function) == 0)
        return function;
    function_free(function);
    return NULL;
}

/* == THE TABLE ============================================================== */

static uint32_t
hash_text(uint32_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return (hash ^ 0xff) * 16777619u;
}

static uint32_t
hash_function(const struct function *function)
{
    uint32_t hash = 2166136261u ^ function->line * 31 ^ function->kind;
    hash = hash_text(hash, function->name);
    hash = hash_text(hash, function->file);
    return hash ^ hash >> 15;
}

static int
is_same(const struct function *a, const struct function *b)
{
    return a->line == b->line && a->kind == b->kind &&
           strcmp(a->name, b->name) == 0 && strcmp(a->file, b->file) == 0 &&
           (a->kind < FUNCTION_SPAN || strcmp(a->module, b->module) == 0);
}

/* The slot that holds an equal function, or the free one where it belongs. */
static uint32_t
find_slot(const struct names *names, const struct function *function)
{
    uint32_t mask = names->slot_count - 1;
    uint32_t at = hash_function(function) & mask;
    while (names->slots[at] != 0 &&
           !is_same(names->functions[names->slots[at] - 1], function))
        at = (at + 1) & mask;
    return at;
}

static int
grow_slots(struct names *names)
{
    uint32_t count = names->slot_count * 2;
    if (count == 0)
        count = FIRST_SLOTS;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return -1;
    free(names->slots);
    names->slots = slots;
    names->slot_count = count;
    for (uint32_t i = 0; i < names->count; i++)
        slots[find_slot(names, names->functions[i])] = i + 1;
    return 0;
}

static int
make_room(struct names *names)
{
    if (names->count * 2 >= names->slot_count && grow_slots(names) != 0)
        return -1;
    if (names->count < names->room)
        return 0;
    uint32_t room = names->room == 0 ? 256 : names->room * 2;
    void *functions =
        realloc(names->functions, room * sizeof *names->functions);
    if (functions == NULL)
        return -1;
    names->functions = functions;
    names->room = room;
    return 0;
}

const struct function *
names_intern(struct names *names, enum function_kind kind, uint32_t line,
             struct meta_text module, struct meta_text qualified_name,
             struct meta_text file)
{
    struct function *function =
        function_new(kind, line, module, qualified_name, file);
    if (function == NULL)
        return NULL;
    if (make_room(names) != 0) {
        function_free(function);
        return NULL;
    }
    uint32_t slot = find_slot(names, function);
    if (names->slots[slot] != 0) {
        function_free(function);
        return names->functions[names->slots[slot] - 1];
    }
    function->number = names->count;
    names->functions[names->count++] = function;
    names->slots[slot] = names->count;
    return function;
}

void
names_free(struct names *names)
{
    for (uint32_t i = 0; i < names->count; i++)
        function_free(names->functions[i]);
    free(names->functions);
    free(names->slots);
    memset(names, 0, sizeof *names);
}
