/* SPDX-License-Identifier: Apache-2.0
 *
 * verb.h: what a verb of the command line is (`codesnap run`, `codesnap
 * convert`).  The table of them is in codesnap.c; each has a file of its name.
 */
#ifndef CODESNAP_VERB_H
#define CODESNAP_VERB_H

#include <stdbool.h>
#include <stdint.h>

struct options;

/* A bit for each option. */
__extension__ typedef unsigned __int128 verb_options;
#define VERB_OPTION(name) ((verb_options)1 << OPTION_##name)

struct verb {
    const char *name;
    const char *usage;    /* what follows the options */
    const char *summary;  /* for the list of verbs */
    const char *about;    /* sentences for its --help */
    const char *examples; /* lines for it, each ended by a newline */
    const char *output;   /* the default of -o in words; NULL: options.def's */
    verb_options options; /* VERB_OPTION bits of the ones it takes */
    bool program;         /* the first operand and all behind it is a command */
    const char *program_letters; /* flags that start the command: -m, -c */
    bool environment; /* options may come from environment variables */
    /* Returns the exit status; may not return at all. */
    int (*run)(const struct options *options, int argc, char **argv);
};

/* Each promises that argv[argc] is NULL. */
int run_verb(const struct options *options, int argc, char **argv);
int convert_verb(const struct options *options, int argc, char **argv);
int merge_verb(const struct options *options, int argc, char **argv);
int report_verb(const struct options *options, int argc, char **argv);
int diff_verb(const struct options *options, int argc, char **argv);
int ctl_verb(const struct options *options, int argc, char **argv);
int open_verb(const struct options *options, int argc, char **argv);
int info_verb(const struct options *options, int argc, char **argv);

#endif
