/* SPDX-License-Identifier: Apache-2.0
 *
 * codesnap.c: the command and its verbs.  `codesnap-run` is a link to it and
 * means `codesnap run`.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launcher/convert/unpack.h"
#include "launcher/support/help.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"
#include "launcher/support/spelling.h"
#include "launcher/support/verb.h"

#define EVERY_VERB                                                    \
    (VERB_OPTION(output) | VERB_OPTION(format) | VERB_OPTION(quiet) | \
     VERB_OPTION(open) | VERB_OPTION(help) | VERB_OPTION(version))

#define NARROWING                                                       \
    (VERB_OPTION(window) | VERB_OPTION(process) | VERB_OPTION(thread) | \
     VERB_OPTION(function) | VERB_OPTION(min_duration) |                \
     VERB_OPTION(max_depth))

#define REPORTING                                                         \
    (VERB_OPTION(sort) | VERB_OPTION(tree) | VERB_OPTION(slowest) |       \
     VERB_OPTION(threads) | VERB_OPTION(processes) | VERB_OPTION(limit) | \
     VERB_OPTION(json))

static const struct verb verbs[] = {
    {
        .name = "run",
        .usage = "PROGRAM [ARGUMENT]...",
        .summary = "run a program and record it",
        .about = "Run PROGRAM and record each CPython process that it starts "
                 "or is.\nThe status is the program's own; 125 where codesnap "
                 "itself fails before that,\n126 and 127 as in a shell, 2 for "
                 "a wrong command line.",
        .options = UINT64_MAX,
        .program = true,
        .environment = true,
        .run = run_verb,
    },
    {
        .name = "convert",
        .usage = "SESSION...",
        .summary = "make the timeline of a session that was kept",
        .about = "Make an output from the folder SESSION (OUTPUT.codesnap), "
                 "which a recording\nleft behind. Without -o the output is "
                 "named as the session is; the session\nstays. SESSION can "
                 "be - for standard input: a tar archive of the folder, made\n"
                 "by tar cS. The status is 0, 125 if it fails, 2 for a wrong "
                 "command line.",
        .options = EVERY_VERB | NARROWING | VERB_OPTION(source),
        .run = convert_verb,
    },
    {
        .name = "merge",
        .usage = "SESSION SESSION...",
        .summary = "lay several sessions on one timeline",
        .about = "Make one output of several folders SESSION, of one machine "
                 "or of some, by the\nclocks that they recorded: those of one "
                 "boot by its monotonic clock, which all\nits processes share, "
                 "others by the time of day that each machine had. Where\nthe "
                 "hosts differ a process shows its own. Where two sessions "
                 "know the same pid,\nthe later one's pids and thread ids have "
                 "10,000,000 (20,000,000, ...) added.\nThe sessions stay. The "
                 "status is 0, 125 if it fails, 2 for a wrong command line.",
        .options = EVERY_VERB | NARROWING | VERB_OPTION(source),
        .run = merge_verb,
    },
    {
        .name = "report",
        .usage = "SESSION|FILE...",
        .summary = "show the functions of a session, or its calls",
        .about = "Print a table of the functions in the folder SESSION, or "
                 "one of the other\nviews below; or of a FILE that was made "
                 "of one: .html, .json or .json.gz.\nRecursive calls are in no "
                 "total twice, and the tracer's own work is in none.\nThe "
                 "status is 0, 125 if it fails or nothing fits, 2 for a wrong "
                 "command line.",
        .options = VERB_OPTION(quiet) | VERB_OPTION(help) |
                   VERB_OPTION(version) | NARROWING | REPORTING,
        .run = report_verb,
    },
    {
        .name = "info",
        .usage = "SESSION|FILE...",
        .summary = "tell what a session holds, and what it lacks",
        .about = "Tell what the folder SESSION holds, whether it is whole, and "
                 "what was lost;\nor a FILE that was made of one: .html, .json "
                 "or .json.gz. The status is 0, 125\nif it can't be read, 2 "
                 "for a wrong command line.",
        .options = VERB_OPTION(json) | VERB_OPTION(help) | VERB_OPTION(version),
        .run = info_verb,
    },
    {.name = NULL},
};

static const struct verb *
find(const char *name)
{
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

static int
unknown(const char *word)
{
    const char *names[sizeof verbs / sizeof *verbs];
    size_t count = 0;
    while (verbs[count].name) {
        names[count] = verbs[count].name;
        count++;
    }
    names[count] = NULL;
    message_say("no verb '%s'; the nearest one is %s. To record a program: "
                "codesnap run %s",
                word, spelling_nearest(word, names),
                word[0] == '-' ? "python3 app.py" : word);
    return STATUS_USAGE;
}

/* What reads sessions reads one from standard input, too. */
static int
read_sessions(const struct options *options, int argc, char **argv)
{
    char *unpacked = NULL;
    int input = 0, status = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-") != 0)
            continue;
        if (input > 0) {
            message_say("standard input can be one SESSION, not several");
            return STATUS_USAGE;
        }
        input = i;
    }
    if (input > 0) {
        status = unpack_input(&unpacked);
        argv[input] = unpacked;
        message_rename(unpacked, "standard input");
    }
    if (!status)
        status = options->verb->run(options, argc, argv);
    message_rename(NULL, NULL);
    unpack_remove(unpacked);
    return status;
}

static int
obey(const struct options *options, int operands, char **argv)
{
    const struct verb *verb = options->verb;
    if (options_flag(options, OPTION_help))
        return help_verb(verb);
    if (options_flag(options, OPTION_version))
        return help_version();
    if (operands == 0) {
        message_say("nothing to %s: codesnap %s [OPTION]... %s "
                    "(codesnap %s --help)",
                    verb->name, verb->name, verb->usage, verb->name);
        return STATUS_USAGE;
    }
    if (verb->program)
        return verb->run(options, operands + 1, argv);
    return read_sessions(options, operands + 1, argv);
}

static int
run(const struct verb *verb, int argc, char **argv)
{
    struct options options = {.verb = verb};
    int operands, status = STATUS_USAGE;

    if (options_parse(&options, verb, argc, argv, &operands) == 0)
        status = obey(&options, operands, argv);
    options_release(&options);
    return status;
}

static int
without_verb(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
        return help_codesnap(verbs);
    if (!strcmp(word, "--version") || !strcmp(word, "-V"))
        return help_version();
    if (argc > 1)
        return unknown(word);
    message_say("a verb is missing, as in codesnap run python3 app.py "
                "(codesnap --help lists them)");
    return STATUS_USAGE;
}

/* A descriptor of ours must not take the place of a standard one that is
 * closed; the program still finds it closed. */
static void
guard_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_CLOEXEC) < 0)
            return;
}

int
main(int argc, char **argv)
{
    const char *slash = argc ? strrchr(argv[0], '/') : NULL;
    const char *name = slash ? slash + 1 : argc ? argv[0] : "";

    guard_standard_descriptors();
    if (strcmp(name, "codesnap-run") == 0)
        return run(find("run"), argc, argv);
    const struct verb *verb = argc > 1 ? find(argv[1]) : NULL;
    if (verb)
        return run(verb, argc - 1, argv + 1);
    return without_verb(argc, argv);
}
