/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.c: see settings.h.  A setting means what its flag means, paths too: they
 * start at the current folder.
 */
#include "launcher/support/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/support/message.h"
#include "launcher/support/optionrow.h"
#include "launcher/support/spelling.h"
#include "launcher/support/toml.h"

#define PROJECT "pyproject.toml"

/* A file while it is read. */
struct settings {
    struct options *options;
    const char *path;
    bool project; /* only its table [tool.codesnap] is ours */
    bool is_open; /* that was seen */
    bool given[OPTION_COUNT];
    size_t room;
};

/* == VALUES ================================================================ */

static bool
may_be_set(const struct settings *settings, enum option option)
{
    return option < OPTION_report && option != OPTION_exit_convert &&
           settings->options->verb->options >> option & 1;
}

static int
add(struct settings *settings, enum option option, const char *value)
{
    struct options *options = settings->options;
    if (options->settled_count == settings->room) {
        size_t room = settings->room ? 2 * settings->room : 16;
        void *grown =
            realloc(options->settled, room * sizeof *options->settled);
        if (!grown) {
            message_say("%s: %s", settings->path, strerror(errno));
            return -1;
        }
        options->settled = grown;
        settings->room = room;
    }
    options->settled[options->settled_count++] =
        (struct option_given){option, value};
    return 0;
}

/* The value as the flag has it; NULL: it is of another kind. */
static const char *
value_of(const struct optionrow *row, const struct toml_item *item)
{
    bool yes = item->kind == TOML_BOOLEAN && *item->text == 't';
    bool repeated = row->type == RULE || row->type == TEXTS;
    if (item->element && !repeated)
        return NULL;
    if (row->type == FLAG)
        return item->kind != TOML_BOOLEAN ? NULL : yes ? "1" : "0";
    if (row->type == CHOICE && item->kind == TOML_BOOLEAN)
        return strncmp(row->argument, "yes|no", 6) != 0 ? NULL
               : yes                                    ? "yes"
                                                        : "no";
    if (row->type == NUMBER ||
        (row->type == SIZE && item->kind == TOML_INTEGER))
        return item->kind == TOML_INTEGER ? item->text : NULL;
    return item->kind == TOML_STRING ? item->text : NULL;
}

static int
say_kind(const char *where, const struct optionrow *row)
{
    static const char *const kinds[OPTION_TYPES] = {
        [FLAG] = "true or false",
        [TEXTS] = "a text in quotes, or several in [ ]",
        [SIZE] = "a number, or a text in quotes",
        [NUMBER] = "a number",
        [AMOUNT] = "a text in quotes",
        [DURATION] = "a text in quotes",
        [PERCENT] = "a text in quotes",
        [RULE] = "a text in quotes, or several in [ ]",
    };
    bool flag = row->type == FLAG;
    const char *kind = kinds[row->type];
    message_say("%s: give %s%s%s", where, kind ? kind : "a text in quotes",
                flag ? "" : ": ", flag ? "" : row->argument);
    return -1;
}

static int
take_value(struct settings *settings, enum option option,
           const struct toml_item *item)
{
    const struct optionrow *row = &optionrows[option];
    char name[OPTION_NAME_BYTES], where[PATH_MAX + 64];
    snprintf(where, sizeof where, "%s:%u: %s", settings->path, item->line,
             optionrow_name(name, option));
    if (!item->element && settings->given[option]) {
        message_say("%s is set twice; leave one of them out", where);
        return -1;
    }
    settings->given[option] = true;
    if (item->kind == TOML_ARRAY && !item->element &&
        (row->type == RULE || row->type == TEXTS))
        return 0;
    const char *value = value_of(row, item);
    if (!value)
        return say_kind(where, row);
    return optionrow_check(row, where, value) < 0
               ? -1
               : add(settings, option, value);
}

/* == KEYS ================================================================== */

static int
say_unknown(const struct settings *settings, const struct toml_item *item,
            const char *key)
{
    static char names[OPTION_COUNT][OPTION_NAME_BYTES];
    const char *list[OPTION_COUNT + 1];
    size_t count = 0;
    for (enum option i = 0; i < OPTION_COUNT; i++)
        if (strcmp(optionrow_name(names[i], i), key) == 0) {
            message_say(
                "%s:%u: %s can't be set in a file; leave it out, or give --%s",
                settings->path, item->line, key, key);
            return -1;
        } else if (may_be_set(settings, i))
            list[count++] = names[i];
    list[count] = NULL;
    const char *near = spelling_nearest(key, list);
    message_say("%s:%u: there is no setting '%s'%s%s%s", settings->path,
                item->line, key, near ? "; did you mean " : "",
                near ? near : " (codesnap help run lists them)",
                near ? "?" : "");
    return -1;
}

static int
take_setting(struct settings *settings, const struct toml_item *item,
             const char *key)
{
    char name[OPTION_NAME_BYTES];
    for (enum option i = 0; i < OPTION_COUNT; i++)
        if (may_be_set(settings, i) &&
            strcmp(optionrow_name(name, i), key) == 0)
            return take_value(settings, i, item);
    return say_unknown(settings, item, key);
}

/* [tool.codesnap] itself. */
static int
take_table(struct settings *settings, const struct toml_item *item)
{
    if (item->kind == TOML_TABLE && !settings->is_open) {
        settings->is_open = true;
        return 0;
    }
    message_say("%s:%u: tool.codesnap is %s", settings->path, item->line,
                item->kind == TOML_TABLE ? "there twice; put both together"
                                         : "no table; write [tool.codesnap]");
    return -1;
}

static int
take(void *context, const struct toml_item *item)
{
    struct settings *settings = context;
    bool ours = item->key_count >= 2 && strcmp(item->keys[0], "tool") == 0 &&
                strcmp(item->keys[1], "codesnap") == 0;
    size_t first = ours ? 2 : 0;
    if (ours && item->key_count == 2)
        return take_table(settings, item);
    if (ours)
        settings->options->settings = settings->path;
    if (settings->project && !ours)
        return 0;
    if (item->key_count == first + 1)
        return take_setting(settings, item, item->keys[first]);
    message_say("%s:%u: there is no table '%s'; give the settings as key = "
                "value",
                settings->path, item->line, item->keys[first]);
    return -1;
}

/* == FILES ================================================================= */

enum {
    MOST_BYTES = 4 << 20
};

/* All of it, ended by a NUL that is not counted; NULL with errno. */
static char *
load(const char *path, size_t *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = fd < 0 ? NULL : malloc(MOST_BYTES + 1);
    ssize_t got = 1;
    for (*length = 0; text && got > 0 && *length < MOST_BYTES;) {
        got = read(fd, text + *length, MOST_BYTES - *length);
        *length += got > 0 ? (size_t)got : 0;
    }
    if (text && got > 0)
        errno = EFBIG;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    if (text && got == 0) {
        text[*length] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

static int
read_text(struct settings *settings, const char *text, size_t length)
{
    struct toml_reader reader = {.take = take, .context = settings};
    settings->options->settings = settings->project ? NULL : settings->path;
    int result = toml_read(&reader, text, length);
    settings->options->setting_texts = reader.texts;
    if (reader.error)
        message_say("%s:%u: %s", settings->path, reader.line, reader.error);
    return result;
}

static bool
is_project(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, PROJECT) == 0;
}

/* Where it was found and not asked for, it may be nobody's: a project that does not
 * name us is none of our business, whatever is wrong with it. */
static int
read_file(struct options *options, const char *path, bool wanted)
{
    struct settings settings = {
        .options = options, .path = path, .project = is_project(path)};
    size_t length;
    char *text = load(path, &length);
    bool passes = !wanted && (text ? settings.project &&
                                         !memmem(text, length, "codesnap", 8)
                                   : settings.project || errno == ENOENT);
    int result = 0;
    if (!text && !passes) {
        message_say("%s: %s%s", path, strerror(errno),
                    wanted ? "" : " (--config=no leaves it out)");
        result = -1;
    } else if (text && !passes)
        result = read_text(&settings, text, length);
    free(text);
    return result;
}

int
settings_read(struct options *options)
{
    const char *path = options_text(options, OPTION_config);
    if (!options->verb->environment || strcmp(path, "no") == 0)
        return 0;
    if (*path)
        return read_file(options, path, true);
    if (read_file(options, ".codesnap.toml", false) < 0)
        return -1;
    return options->settings ? 0 : read_file(options, PROJECT, false);
}
