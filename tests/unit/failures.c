/* SPDX-License-Identifier: Apache-2.0
 *
 * failures.c: whichever call of libc fails, an output, a session and a spool are
 * whole, or it is said that they are not and nothing is left behind.
 */
#include "formats/format.h"
#include "formats/reader/reader.h"

#include "agent/base/process.h"
#include "agent/store/entry.h"
#include "agent/store/spool.h"

#include "tests/unit/forge.h"
#include "tests/unit/inject.h"
#include "tests/unit/tap.h"

static char folder[512], other[600];

/* What was to be removed stays where that is what fails. */
static bool
is_removal(void)
{
    return inject.name && (strcmp(inject.name, "unlink") == 0 ||
                           strcmp(inject.name, "rmdir") == 0);
}

static void
empty(const char *path)
{
    char command[700];
    snprintf(command, sizeof command, "rm -rf '%s'/*", path);
    if (system(command) != 0)
        abort();
}

static int
count_files(const char *path)
{
    int count = -2; /* . and .. */
    DIR *directory = opendir(path);
    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

/* == FORMATS ================================================================ */

static const struct format *format;
static char *expected;
static size_t expected_bytes;

static void
make_session(void)
{
    struct forge forge;
    forge_simple(&forge);
    for (uint32_t i = 0; i < 200; i++) {
        forge_record(&forge, SPOOL_ENTER_PYTHON, 1 + i % 9, 1000 * i + 100);
        forge_record(&forge, SPOOL_EXIT, 1 + i % 9, 1000 * i + 500 + i % 7);
    }
    snprintf(folder, sizeof folder, "%s/session", tap_scratch());
    snprintf(other, sizeof other, "%s/outputs", tap_scratch());
    forge_save(&forge, folder);
    forge_free(&forge);
    mkdir(other, 0700);
}

static char *
read_file(const char *path, size_t *bytes)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *bytes = fd >= 0 && fstat(fd, &status) == 0 ? (size_t)status.st_size : 0;
    char *text = malloc(*bytes + 1);
    if (fd < 0 || read(fd, text, *bytes) != (ssize_t)*bytes)
        *bytes = 0;
    if (fd >= 0)
        close(fd);
    return text;
}

/* The first one is what the others are to be. */
static bool
is_expected(const char *path)
{
    size_t bytes;
    char *text = read_file(path, &bytes);
    if (!expected) {
        expected = text;
        expected_bytes = bytes;
        return bytes > 0;
    }
    bool same = bytes == expected_bytes && memcmp(text, expected, bytes) == 0;
    free(text);
    return same;
}

static enum inject_outcome
look_at_output(bool written, const char *path, const char *error)
{
    long at = inject_pause();
    enum inject_outcome outcome = INJECT_WRONG;
    if (written && is_expected(path) && count_files(other) == 1)
        outcome = INJECT_WHOLE;
    if (!written && *error && (count_files(other) == 0 || is_removal()))
        outcome = INJECT_TOLD;
    empty(other);
    inject_go_on(at);
    return outcome;
}

static enum inject_outcome
convert(void)
{
    char path[700], error[512] = "";
    snprintf(path, sizeof path, "%s/out%s", other, format->suffix);
    struct trace *trace = trace_open(folder, error, sizeof error);
    bool written = trace && format_convert(trace, format, path, NULL, error,
                                           sizeof error) == 0;
    if (trace)
        trace_close(trace);
    return look_at_output(written, path, error);
}

static void
test_formats(void)
{
    make_session();
    for (size_t i = 0; (format = format_at(i)); i++) {
        char name[80];
        if (strcmp(format->name, "gzip") == 0)
            continue; /* needs the launcher's zlib */
        snprintf(name, sizeof name, "%s is written", format->name);
        inject_each(name, convert);
        free(expected);
        expected = NULL;
    }
}

/* == A SESSION ============================================================== */

static enum inject_outcome
live_of_a_session(void)
{
    static char program[] = "python3", script[] = "app.py";
    char *arguments[] = {program, script};
    char output[700], path[700] = "";
    struct session_file file;
    snprintf(output, sizeof output, "%s/t.json", other);
    bool made =
        session_create(output, NULL, 2, arguments, path, sizeof path) == 0;
    bool whole = made && session_read(path, &file) == 0 &&
                 session_close(path, 1, 0) == 0 && session_remove(path) == 0;
    long at = inject_pause();
    bool gone = count_files(other) == 0;
    if (made && !gone)
        session_remove(path);
    bool clean = count_files(other) == 0 || is_removal();
    empty(other);
    inject_go_on(at);
    if (whole)
        return gone ? INJECT_WHOLE : INJECT_WRONG;
    return clean ? INJECT_TOLD : INJECT_WRONG;
}

/* == A SPOOL ================================================================ */

static void
write_spool(void)
{
    struct spool_meta_function function = {.kind = SPOOL_PYTHON_FUNCTION};
    for (int i = 0; i < 3; i++) {
        struct text names[] = {{"m", 1}, {"f", 1}, {"/src/f.py", 9}};
        entry_append_function(&function, names);
    }
    entry_append_note(SPOOL_NOTE_TEXT, 1, "a note");
}

/* Without any entry it is none, and that is said. */
static bool
is_readable(void)
{
    char error[512] = "";
    struct trace *trace = trace_open(other, error, sizeof error);
    bool fine = trace ? trace->damaged_bytes == 0 : *error != '\0';
    if (trace)
        trace_close(trace);
    return fine;
}

static enum inject_outcome
live_of_a_spool(void)
{
    process_identify();
    bool made = spool_create(other) == 0;
    if (made)
        write_spool();
    bool told = !made || process_is_broken();
    long at = inject_pause();
    bool fine = made ? is_readable() : count_files(other) == 0;
    if (made) {
        entry_leave_first_chunk();
        spool_close();
    }
    entry_forget();
    process_forget();
    empty(other);
    inject_go_on(at);
    return !fine ? INJECT_WRONG : told ? INJECT_TOLD : INJECT_WHOLE;
}

int
main(void)
{
    test_formats();
    inject_each("a session is made, closed and removed", live_of_a_session);
    inject_each("a spool gets its names", live_of_a_spool);
    return tap_done();
}
