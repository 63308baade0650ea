/* SPDX-License-Identifier: Apache-2.0
 *
 * damage.c: a session that is cut, flipped, holed or filled with garbage can
 * still be read, keeps every promise of reader.h and crashes nothing (which
 * the sanitizers watch).
 */
#include "formats/format.h"
#include "formats/reader/reader.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

static struct spy spy;
static uint32_t seed = 42;

static uint32_t
chance(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* == A SESSION WITH EVERYTHING ============================================== */

static void
add_record(struct forge *forge, uint64_t *ns)
{
    *ns += 10 + chance(90);
    switch (chance(24)) {
    case 0: forge_gap(forge, *ns, *ns + 5, chance(4)); break;
    case 1: forge_record(forge, SPOOL_BUSY, chance(3), *ns); break;
    case 2: forge_record(forge, SPOOL_EXIT_UNOPENED, chance(9), *ns); break;
    case 3: forge_record(forge, SPOOL_YIELD, chance(9), *ns); break;
    case 4: forge_record(forge, SPOOL_RESUME, chance(9), *ns); break;
    case 5:
        forge_word(forge, forge_ticks(*ns) << 4 | SPOOL_TIME);
        forge->base_ns = *ns;
        break;
    default:
        forge_record(forge, chance(2) ? SPOOL_ENTER_C : SPOOL_EXIT, chance(5),
                     *ns);
    }
}

/* Three chunks of one track, with one missing before the last. */
static void
add_track(struct forge *forge, uint32_t pid, uint64_t start_ns, uint64_t track)
{
    static const uint32_t stack[] = {1, 2, 3};
    uint64_t ns = start_ns + 10;
    for (uint64_t sequence = 0; sequence < 4; sequence++) {
        if (sequence == 2)
            continue;
        forge_open_chunk(forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                     .pid = pid,
                                                     .tid = pid,
                                                     .start_ns = start_ns,
                                                     .track = track,
                                                     .sequence = sequence,
                                                     .base_ns = ns,
                                                     .size_bytes = 4096,
                                                     .stack_depth = 4,
                                                     .stack_stored = 3,
                                                     .stack = stack});
        for (int i = 0; i < 100; i++)
            add_record(forge, &ns);
    }
}

static void
forge_rich(struct forge *forge)
{
    forge_begin(forge);
    forge_open_process(forge, (struct forge_process){.pid = 100});
    forge_functions(forge, 1, 4);
    forge_thread(forge, 1, "Main");
    forge_end(forge, 1000000);
    add_track(forge, 100, 0, 1);
    forge_open_process(forge, (struct forge_process){.pid = 101,
                                                     .start_ns = 700,
                                                     .parent_pid = 100,
                                                     .first_id = 5});
    forge_functions(forge, 5, 9);
    forge_note(forge, SPOOL_NOTE_LOST, 3, "three");
    add_track(forge, 101, 700, 2);
}

/* == READING IT ============================================================= */

/* True if everything could be read, or a plain refusal was given. */
static bool
survives(struct forge *forge, size_t count)
{
    char folder[512], error[512] = "";
    snprintf(folder, sizeof folder, "%s/rich", tap_scratch());
    forge_save_part(forge, folder, count);
    struct trace *trace = trace_open(folder, error, sizeof error);
    if (trace == NULL)
        return error[0] != '\0';
    bool fine = true;
    for (uint32_t i = 0; i < trace->track_count; i++)
        fine = spy_read(&spy, trace, trace->tracks[i]) == 0 && spy.wrong == 0 &&
               fine;
    trace_close(trace);
    return fine;
}

static struct forge
copy(const struct forge *forge)
{
    struct forge other = *forge;
    other.bytes = malloc(forge->room);
    memcpy(other.bytes, forge->bytes, forge->room);
    return other;
}

static void
test_whole(const struct forge *rich)
{
    struct forge forge = copy(rich);
    tap_ok(survives(&forge, forge.used), "a session with everything is read");
    forge_free(&forge);
}

static void
test_cuts(const struct forge *rich)
{
    struct forge forge = copy(rich);
    unsigned failed = 0;
    for (size_t count = 0; count < forge.used; count += 1 + chance(200))
        failed += !survives(&forge, count);
    tap_equal("a spool cut anywhere is read", failed, 0);
    forge_free(&forge);
}

static void
test_flips(const struct forge *rich)
{
    unsigned failed = 0;
    for (int i = 0; i < 600; i++) {
        struct forge forge = copy(rich);
        for (int k = chance(8); k >= 0; k--)
            forge.bytes[chance((uint32_t)forge.used)] ^= 1u << chance(8);
        failed += !survives(&forge, forge.used);
        forge_free(&forge);
    }
    tap_equal("a spool with flipped bits is read", failed, 0);
}

/* Where it hurts: in the headers of file and chunks. */
static void
test_header_flips(const struct forge *rich)
{
    unsigned failed = 0;
    for (int i = 0; i < 600; i++) {
        struct forge forge = copy(rich);
        size_t pages = forge.used / FORGE_PAGE;
        size_t at = chance((uint32_t)pages) * FORGE_PAGE + chance(184);
        forge.bytes[at] ^= 1u << chance(8);
        failed += !survives(&forge, forge.used);
        forge_free(&forge);
    }
    tap_equal("a spool with flipped bits in its headers is read", failed, 0);
}

static void
test_holes(const struct forge *rich)
{
    unsigned failed = 0;
    for (int i = 0; i < 200; i++) {
        struct forge forge = copy(rich);
        size_t at = chance((uint32_t)forge.used), size = chance(20000);
        size = size < forge.used - at ? size : forge.used - at;
        memset(forge.bytes + at, i % 2 ? 0 : (int)chance(256), size);
        failed += !survives(&forge, forge.used);
        forge_free(&forge);
    }
    tap_equal("a spool with holes is read", failed, 0);
}

static void
test_garbage(const struct forge *rich)
{
    unsigned failed = 0;
    for (int i = 0; i < 100; i++) {
        struct forge forge = copy(rich);
        size_t at = chance((uint32_t)forge.used);
        for (size_t k = at; k < forge.used && k < at + 9000; k++)
            forge.bytes[k] = (uint8_t)chance(256);
        failed += !survives(&forge, forge.used);
        forge_free(&forge);
    }
    tap_equal("a spool with garbage is read", failed, 0);
}

/* A good chunk behind bad pages is found again. */
static void
test_recovery(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    size_t first = forge.chunk;
    forge_open_chunk(
        &forge, (struct forge_chunk){
                    .kind = SPOOL_TRACK, .pid = 100, .tid = 102, .track = 2});
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge.bytes[first] ^= 1;
    char folder[512], error[512];
    snprintf(folder, sizeof folder, "%s/recovery", tap_scratch());
    forge_save(&forge, folder);
    forge_free(&forge);
    struct trace *trace = trace_open(folder, error, sizeof error);
    tap_equal("behind a damaged chunk reading goes on", trace->track_count, 1);
    tap_ok(trace->damaged_bytes > 0, "what is left out is counted");
    trace_close(trace);
}

static void
test_sparse(void)
{
    struct forge forge;
    char folder[512], path[600], error[512];
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_header(&forge)->allocated = 1ull << 40;
    snprintf(folder, sizeof folder, "%s/sparse", tap_scratch());
    forge_save(&forge, folder);
    forge_free(&forge);
    snprintf(path, sizeof path, "%s/100-abc" SPOOL_SUFFIX, folder);
    if (truncate(path, 1ll << 40) != 0)
        printf("# no sparse file of a terabyte here\n");
    struct trace *trace = trace_open(folder, error, sizeof error);
    tap_equal("a terabyte of zeros takes no time", trace->track_count, 1);
    trace_close(trace);
}

/* == WRITING FROM IT ======================================================== */

static void
test_formats(const struct forge *rich)
{
    char folder[512], output[600], error[512];
    unsigned failed = 0;
    snprintf(folder, sizeof folder, "%s/formats", tap_scratch());
    for (int i = 0; i < 60; i++) {
        struct forge forge = copy(rich);
        for (int k = chance(20); k >= 0; k--)
            forge.bytes[chance((uint32_t)forge.used)] ^= 1u << chance(8);
        forge_save(&forge, folder);
        forge_free(&forge);
        struct trace *trace = trace_open(folder, error, sizeof error);
        const struct format *format = format_at((size_t)i % 2);
        snprintf(output, sizeof output, "%s/out%s", folder, format->suffix);
        if (trace == NULL)
            continue;
        failed += format_convert(trace, format, output, NULL, error,
                                 sizeof error) != 0;
        trace_close(trace);
    }
    tap_equal("a damaged session can be written", failed, 0);
}

int
main(void)
{
    struct forge rich;
    forge_rich(&rich);
    test_whole(&rich);
    test_cuts(&rich);
    test_flips(&rich);
    test_header_flips(&rich);
    test_holes(&rich);
    test_garbage(&rich);
    test_recovery();
    test_sparse();
    test_formats(&rich);
    forge_free(&rich);
    return tap_done();
}
