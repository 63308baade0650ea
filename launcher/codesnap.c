/* SPDX-License-Identifier: Apache-2.0
 *
 * codesnap.c: the command and its verbs.  `codesnap-run` is a link to it and
 * means `codesnap run`.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launcher/convert/unpack.h"
#include "launcher/support/combination.h"
#include "launcher/support/help.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"
#include "launcher/support/settings.h"
#include "launcher/support/spelling.h"
#include "launcher/support/verb.h"

#define EVERY_VERB                                                    \
    (VERB_OPTION(output) | VERB_OPTION(format) | VERB_OPTION(quiet) | \
     VERB_OPTION(open) | VERB_OPTION(help) | VERB_OPTION(version))

#define SELECTING                                                       \
    (VERB_OPTION(window) | VERB_OPTION(process) | VERB_OPTION(thread) | \
     VERB_OPTION(function) | VERB_OPTION(min_duration) |                \
     VERB_OPTION(max_depth) | VERB_OPTION(own) | VERB_OPTION(clock))

#define REPORTING                                                            \
    (VERB_OPTION(sort) | VERB_OPTION(tree) | VERB_OPTION(imports) |          \
     VERB_OPTION(slow) | VERB_OPTION(slowest) | VERB_OPTION(threads) |       \
     VERB_OPTION(processes) | VERB_OPTION(tasks) | VERB_OPTION(exceptions) | \
     VERB_OPTION(limit) | VERB_OPTION(json))

static const struct verb verbs[] = {
    {
        .name = "run",
        .usage = "PROGRAM|SCRIPT|-m MODULE|-c CODE [ARG]...",
        .summary = "run a program and record it",
        .about =
            "Run PROGRAM and record it and every CPython process that it "
            "starts. A script,\n-m and -c are run by python3.\n"
            "The status is the program's own; 125 if codesnap fails before "
            "it starts,\n126 and 127 as in a shell, 2 for a wrong command "
            "line.",
        .examples =
            "  codesnap run app.py one two          # writes result.html\n"
            "  codesnap run -o tests.json -m pytest tests\n"
            "  codesnap run --report --limit 20 python3.12 app.py\n",
        .options = ~VERB_OPTION(fail_if),
        .program = true,
        .program_letters = "mc",
        .environment = true,
        .run = run_verb,
    },
    {
        .name = "convert",
        .usage = "SESSION...",
        .summary = "make a timeline or another format of a session",
        .about =
            "Make an output of the folder SESSION (OUTPUT.codesnap), which "
            "run --keep or a\nprogram that was killed leaves behind. "
            "Without -o the output has the session's\nname. The session "
            "stays. SESSION may be - for standard input: a tar archive "
            "of\nthe folder, made by tar cS. The status is 0, 125 if it "
            "fails, 2 for a wrong\ncommand line.",
        .examples =
            "  codesnap convert result.html.codesnap -o t.pftrace -o t.db\n"
            "  codesnap convert S --window 1s..2s --thread web -o part.html\n"
            "  ssh host tar cS app.codesnap | codesnap convert - -o a.html\n",
        .output = "the session's name",
        .options = EVERY_VERB | SELECTING | VERB_OPTION(source),
        .run = convert_verb,
    },
    {
        .name = "merge",
        .usage = "SESSION SESSION...",
        .summary = "put several sessions on one timeline",
        .about =
            "Make one output of several folders SESSION, of one machine or "
            "of several. Those\nof one boot are aligned by its monotonic "
            "clock, others by the time of day that\neach machine had. If "
            "the hosts differ, each process shows its own. If two\n"
            "sessions have the same pid, 10,000,000 (20,000,000, ...) is "
            "added to the later\none's pids and thread ids. The sessions "
            "stay. The status is 0, 125 if it fails,\n2 for a wrong "
            "command line.",
        .options = EVERY_VERB | SELECTING | VERB_OPTION(source),
        .run = merge_verb,
    },
    {
        .name = "report",
        .usage = "SESSION|FILE...",
        .summary = "show the functions of a session, or its calls",
        .about = "Print a table of the functions in the folder SESSION, or one "
                 "of the other views\nbelow. A FILE that codesnap made will "
                 "do, too: .html, .json or .json.gz.\nRecursive calls are "
                 "counted once in the totals, and the tracer's own work is\n"
                 "never counted. The status is 0, 125 if it fails or nothing "
                 "matches, 2 for a\nwrong command line.",
        .examples = "  codesnap report result.html\n"
                    "  codesnap report --tree --thread MainThread SESSION\n"
                    "  codesnap report --slowest 'Ledger.*' --json SESSION\n",
        .options = VERB_OPTION(quiet) | VERB_OPTION(help) |
                   VERB_OPTION(version) | SELECTING | REPORTING,
        .run = report_verb,
    },
    {
        .name = "diff",
        .usage = "BEFORE AFTER",
        .summary = "compare two sessions: what got slower, came, went",
        .about =
            "Print the functions of the folder BEFORE and the folder AFTER: "
            "how "
            "often they\nwere called, how long they took, and whether the "
            "difference is more than noise.\nFiles that codesnap made will do, "
            "too: .html, .json or .json.gz. Functions are\nmatched by name and "
            "file, though lines and folders moved. The status is 0, 1 if\na "
            "condition of --fail-if holds, 125 if it fails or nothing matches, "
            "2 for a\nwrong command line.",
        .examples =
            "  codesnap diff old.html new.html\n"
            "  codesnap diff --own --sort total before.json.gz after.json.gz\n"
            "  codesnap diff --fail-if 'total(app.*:*) > +20%' A.html B.html\n",
        .options = VERB_OPTION(quiet) | VERB_OPTION(help) |
                   VERB_OPTION(version) | SELECTING | VERB_OPTION(sort) |
                   VERB_OPTION(limit) | VERB_OPTION(json) |
                   VERB_OPTION(fail_if),
        .run = diff_verb,
    },
    {
        .name = "info",
        .usage = "SESSION|FILE...",
        .summary = "show what a session holds, and what was lost",
        .about = "Show what the folder SESSION holds, whether it is complete, "
                 "and what was lost.\nA FILE that codesnap made will do, too: "
                 ".html, .json or .json.gz. The status is\n0, 125 if it can't "
                 "be read, 2 for a wrong command line.",
        .options = VERB_OPTION(json) | VERB_OPTION(help) | VERB_OPTION(version),
        .run = info_verb,
    },
    {
        .name = "ctl",
        .usage = "PID|SESSION [ACTION]",
        .summary = "control a program that is being recorded",
        .about =
            "Give an order to all processes of a session that run, or ask what "
            "they do. The\nsession is named by its folder, by its output, or "
            "by the pid of one of its\nprocesses. ACTION is status, pause, "
            "resume, snapshot FILE (what was recorded so\nfar; the program "
            "goes on), or set OPTION=VALUE (max-depth, max-overhead or\n"
            "min-duration; none lifts it). A process acts within 100 ms, or "
            "at its next call\nif it makes none. The status is 0, 125 if it "
            "fails, 2 for a wrong command line.",
        .examples = "  codesnap ctl 1234 pause\n"
                    "  codesnap ctl result.html resume\n"
                    "  codesnap ctl result.html snapshot now.html\n",
        .options = VERB_OPTION(format) | VERB_OPTION(quiet) |
                   VERB_OPTION(json) | VERB_OPTION(help) | VERB_OPTION(version),
        .run = ctl_verb,
    },
    {
        .name = "open",
        .usage = "FILE.html",
        .summary = "show a page in the browser",
        .about = "Show FILE, a page that codesnap wrote, in the browser: "
                 "$BROWSER, else xdg-open.\nThe status is 0, 125 if none "
                 "starts, 2 for a wrong command line.",
        .options = VERB_OPTION(help) | VERB_OPTION(version),
        .run = open_verb,
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

/* What the verbs are called elsewhere. */
static const char *const synonyms[][2] = {
    {"record", "run"},    {"trace", "run"},    {"start", "run"},
    {"show", "open"},     {"view", "open"},    {"stats", "report"},
    {"top", "report"},    {"print", "report"}, {"export", "convert"},
    {"combine", "merge"}, {"inspect", "info"}, {"compare", "diff"},
};

enum {
    VERBS = sizeof verbs / sizeof *verbs - 1,
    SYNONYMS = sizeof synonyms / sizeof *synonyms
};

/* The verb that a word may have been meant for, or NULL. */
static const char *
meant_by(const char *word)
{
    const char *names[VERBS + SYNONYMS + 1];
    size_t count = 0;
    for (size_t i = 0; i < VERBS; i++)
        names[count++] = verbs[i].name;
    for (size_t i = 0; i < SYNONYMS; i++)
        names[count++] = synonyms[i][0];
    names[count] = NULL;
    const char *near = spelling_nearest(word, names);
    for (size_t i = 0; near && i < SYNONYMS; i++)
        if (strcmp(near, synonyms[i][0]) == 0)
            return synonyms[i][1];
    return near;
}

static int
unknown(const char *word)
{
    const char *meant = access(word, F_OK) != 0 ? meant_by(word) : NULL;
    if (meant)
        message_say("no verb '%s'; did you mean codesnap %s?", word, meant);
    else if (word[0] == '-')
        message_say("%s needs a verb before it, as in codesnap run %s "
                    "(codesnap --help lists them)",
                    word, word);
    else
        message_say("no verb '%s' (codesnap --help lists them); to record a "
                    "program: codesnap run %s",
                    word, word);
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
obey(struct options *options, int operands, char **argv)
{
    const struct verb *verb = options->verb;
    if (options_flag(options, OPTION_help))
        return help_verb(verb);
    if (options_flag(options, OPTION_version))
        return help_version();
    if (settings_read(options) < 0 || combination_check(options) < 0)
        return STATUS_USAGE;
    if (operands == 0) {
        message_say("nothing given: codesnap %s [OPTION]... %s "
                    "(codesnap %s --help)",
                    verb->name, verb->usage, verb->name);
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
help(const char *name)
{
    const struct verb *verb = find(name);
    return verb ? help_verb(verb) : unknown(name);
}

static int
without_verb(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (!strcmp(word, "help") && argc > 2)
        return help(argv[2]);
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
        return help_codesnap(verbs);
    if (!strcmp(word, "--version") || !strcmp(word, "-V"))
        return help_version();
    if (argc > 1)
        return unknown(word);
    message_say("no verb given; to record a program: codesnap run app.py "
                "(codesnap --help lists the verbs)");
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
