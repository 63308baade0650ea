/* SPDX-License-Identifier: Apache-2.0
 *
 * help.c: prints the tables as text, 80 columns wide.
 */
#include "launcher/support/help.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "build/version.h"
#include "formats/format.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"

enum {
    INDENT = 26,
    WIDTH = 79
};

struct row {
    enum option option;
    char letter;
    const char *variable;
    const char *argument;
    const char *fallback;
    const char *help;
};

static const struct row rows[] = {
#define OPTION(name, letter, variable, type, argument, fallback, help) \
    {OPTION_##name, letter, variable, argument, fallback, help},
#include "agent/session/options.def"
#undef OPTION
};

/* What kind the options are from this one on. */
static const struct {
    enum option first;
    const char *title;
} groups[] = {
    {OPTION_output, "Output"},
    {OPTION_from, "Recording"},
    {OPTION_window, "Only a part of it"},
    {OPTION_report, "Reports"},
    {OPTION_help, "Other"},
};

static const char *
title_of(enum option option)
{
    const char *title = "";
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (groups[i].first <= option)
            title = groups[i].title;
    return title;
}

static int
finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    message_say("standard output: %s", strerror(errno));
    return STATUS_FAILED;
}

/* Print the text word by word from column on, and break lines at WIDTH. */
static size_t
wrap(size_t column, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > INDENT && column + 1 + length > WIDTH) {
            printf("\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT)
            column += (size_t)printf(" ");
        column += (size_t)printf("%.*s", (int)length, text);
        text += length + strspn(text + length, " ");
    }
    return column;
}

/* Move to the column of the explanations. */
static size_t
indent(size_t column)
{
    if (column >= INDENT) {
        printf("\n");
        column = 0;
    }
    printf("%*s", (int)(INDENT - column), "");
    return INDENT;
}

static const char *
default_of(const struct row *row, const struct verb *verb)
{
    return row->option == OPTION_output && verb->output ? verb->output
                                                        : row->fallback;
}

static void
print_row(const struct row *row, const struct verb *verb)
{
    const char *variable = verb->environment ? row->variable : "";
    const char *fallback = default_of(row, verb);
    char name[OPTION_NAME_BYTES], flag[64], more[128];
    snprintf(flag, sizeof flag, "--%s%s%s", optionrow_name(name, row->option),
             *row->argument ? " " : "", row->argument);
    size_t column = row->letter ? (size_t)printf("  -%c, %s", row->letter, flag)
                                : (size_t)printf("      %s", flag);
    column = wrap(indent(column), row->help);
    if (*fallback || *variable) {
        snprintf(more, sizeof more, "[%s%s%s%s]", *fallback ? "default " : "",
                 fallback, *fallback && *variable ? "; " : "", variable);
        wrap(column, more);
    }
    printf("\n");
}

static void
print_formats(void)
{
    const struct format *format;
    printf("\nFormats, by suffix or --format:\n");
    for (size_t i = 0; (format = format_at(i)); i++) {
        int column = printf("  %-10s %s", format->name, format->suffix);
        wrap(indent((size_t)column), format->summary);
        printf("\n");
    }
}

static void
print_options(const struct verb *verb)
{
    const char *last = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *title = title_of(rows[i].option);
        if (!(verb->options >> rows[i].option & 1))
            continue;
        if (strcmp(title, last) != 0)
            printf("\n%s:\n", title);
        last = title;
        print_row(&rows[i], verb);
    }
}

int
help_verb(const struct verb *verb)
{
    printf("Usage: codesnap %s [OPTION]... %s\n", verb->name, verb->usage);
    printf("%s\n", verb->about);
    if (verb->examples)
        printf("\nExamples:\n%s", verb->examples);
    print_options(verb);
    if (verb->options >> OPTION_output & 1)
        print_formats();
    return finish();
}

int
help_codesnap(const struct verb *verbs)
{
    printf("Usage: codesnap VERB [OPTION]... ARGUMENT...\n"
           "Record every function call of a Python program and show it as a "
           "timeline.\n\n");
    for (; verbs->name; verbs++)
        printf("  codesnap %-9s %s\n", verbs->name, verbs->summary);
    printf("\ncodesnap-run is short for codesnap run. codesnap help VERB lists "
           "its options.\n");
    return finish();
}

int
help_version(void)
{
    printf("codesnap %s\n", CODESNAP_VERSION);
    return finish();
}
