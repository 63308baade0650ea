/* SPDX-License-Identifier: Apache-2.0
 *
 * format.c: the table of output formats, and the driver that leads any of them
 * through a trace.  See format.h.
 */
#include "formats/format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/shape/excerpt.h"

/* Weak and hidden: the agent is linked without those that it does not need, and
 * their rows are NULL there. */
#define FORMAT(name, suffix, summary)        \
    extern const struct format format_##name \
        __attribute__((weak, visibility("hidden")));
#include "formats/formats.def"
#undef FORMAT

static const struct format *const formats[] = {
#define FORMAT(name, suffix, summary) &format_##name,
#include "formats/formats.def"
#undef FORMAT
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

const struct format *
format_at(size_t number)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (formats[i] != NULL && number-- == 0)
            return formats[i];
    return NULL;
}

const struct format *
format_by_name(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (formats[i] != NULL && strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const struct format *
format_for_path(const char *path)
{
    const struct format *found = NULL;
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (formats[i] != NULL && text_ends_with(path, formats[i]->suffix) &&
            (found == NULL ||
             strlen(formats[i]->suffix) > strlen(found->suffix)))
            found = formats[i];
    return found;
}

/* == CONVERTING ============================================================= */

struct conversion {
    struct trace *trace;
    const struct format *format;
    const struct format_options *options;
    struct sink sink;
    void *state;
    uint64_t done_bytes; /* of the tracks that were read */
    uint64_t track_bytes;
    bool surveyed; /* all is read twice */
};

static void
visit_progress(void *context, uint64_t bytes)
{
    struct conversion *conversion = context;
    const struct format_options *options = conversion->options;
    double total =
        (double)conversion->trace->spool_bytes * (conversion->surveyed ? 2 : 1);
    double done = (double)(conversion->done_bytes + bytes);
    conversion->track_bytes = bytes;
    if (total > 0)
        options->progress(options->context, done < total ? done / total : 0.99);
}

static int
read_window(struct conversion *conversion, struct track *track,
            struct track_visitor *visitor, void *context)
{
    const struct format_options *options = conversion->options;
    struct excerpt *excerpt;
    int result;
    if (options != NULL && options->progress != NULL) {
        visitor->progress = visit_progress;
        visitor->progress_context = conversion;
    }
    conversion->track_bytes = 0;
    if (options == NULL || options->to_ns == 0) {
        result = track_read(conversion->trace, track, visitor, context);
    } else {
        excerpt = excerpt_new(options->from_ns, options->to_ns);
        if (excerpt == NULL)
            return -1;
        result =
            excerpt_read(excerpt, conversion->trace, track, visitor, context);
        excerpt_free(excerpt);
    }
    conversion->done_bytes += conversion->track_bytes;
    return result;
}

static const struct format_filter *
filter_of(const struct conversion *conversion)
{
    return conversion->options != NULL ? conversion->options->filter : NULL;
}

/* Through what the options leave of the track. */
static int
read_track(struct conversion *conversion, struct track *track,
           struct track_visitor *visitor)
{
    const struct format_filter *filter = filter_of(conversion);
    if (filter == NULL)
        return read_window(conversion, track, visitor, conversion->state);
    void *context =
        filter->begin(filter, conversion->trace, visitor, conversion->state);
    if (context == NULL)
        return -1;
    int result = read_window(conversion, track, visitor, context);
    filter->end(context);
    return result;
}

/* Somebody stands between the reader and the writer. */
static bool
is_cut(const struct conversion *conversion)
{
    const struct format_options *options = conversion->options;
    return options != NULL && (options->to_ns != 0 || options->filter != NULL);
}

static int
convert_track(struct conversion *conversion, struct track *track)
{
    const struct format *format = conversion->format;
    struct track_visitor visitor = {
        .open = format->open,
        .close = format->close,
        .leaf = is_cut(conversion) ? NULL : format->leaf,
        .gap = format->gap,
        .instant = format->instant,
        .sample = format->sample,
        .wait = format->wait,
        .task = format->task,
        .task_step = format->task_step,
        .condensed = format->condensed,
    };
    if (format->track_begin != NULL &&
        format->track_begin(conversion->state, track) != 0)
        return -1;
    if (read_track(conversion, track, &visitor) != 0)
        return -1;
    if (format->track_end != NULL)
        return format->track_end(conversion->state, track);
    return 0;
}

static int
survey_track(struct conversion *conversion, struct track *track)
{
    struct track_visitor visitor = {
        .open = conversion->format->survey_open,
        .close = conversion->format->survey,
        .leaf = is_cut(conversion) ? NULL : conversion->format->survey_leaf,
    };
    if (conversion->format->survey_track != NULL &&
        conversion->format->survey_track(conversion->state, track) != 0)
        return -1;
    return read_track(conversion, track, &visitor);
}

/* A full disk ends it at the next track; the sink drops what comes until then. */
static int
each_track(struct conversion *conversion,
           int (*act)(struct conversion *conversion, struct track *track))
{
    struct trace *trace = conversion->trace;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        const struct format_filter *filter = filter_of(conversion);
        if (filter != NULL && !filter->takes(filter, trace->tracks[i]))
            continue;
        errno = 0;
        if (act(conversion, trace->tracks[i]) != 0) {
            errno = errno != 0 ? errno : ENOMEM;
            return -1;
        }
        if (conversion->sink.error != 0) {
            errno = conversion->sink.error;
            return -1;
        }
    }
    return 0;
}

static int
convert_tracks(struct conversion *conversion)
{
    const struct format *format = conversion->format;
    conversion->surveyed =
        format->wants_survey != NULL && format->wants_survey(conversion->state);
    if (conversion->surveyed && each_track(conversion, survey_track) != 0)
        return -1;
    return each_track(conversion, convert_track);
}

static int
convert_all(struct conversion *conversion)
{
    static const struct format_options none;
    const struct format *format = conversion->format;
    const struct format_options *options =
        conversion->options != NULL ? conversion->options : &none;
    conversion->state =
        format->begin(&conversion->sink, conversion->trace, options);
    if (conversion->state == NULL)
        return -1;
    int result = convert_tracks(conversion);
    int cause = errno;
    if (result == 0 && options->progress != NULL)
        options->progress(options->context, 1);
    if (format->end(conversion->state, result != 0) != 0 && result == 0)
        return -1;
    errno = cause;
    return result;
}

static int
explain(const char *path, int cause, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "%s: can't be written: %s", path,
             strerror(cause != 0 ? cause : EIO));
    errno = cause;
    return -1;
}

int
format_convert(struct trace *trace, const struct format *format,
               const char *path, const struct format_options *options,
               char *error, size_t error_bytes)
{
    struct conversion conversion = {
        .trace = trace,
        .format = format,
        .options = options,
    };
    if (format->missing != NULL)
        return explain(path, ENOSYS, error, error_bytes);
    if (sink_open(&conversion.sink, path) != 0)
        return explain(path, errno, error, error_bytes);
    if (convert_all(&conversion) != 0) {
        int cause = conversion.sink.error != 0 ? conversion.sink.error : errno;
        sink_abandon(&conversion.sink);
        return explain(path, cause, error, error_bytes);
    }
    if (sink_close(&conversion.sink) != 0)
        return explain(path, errno, error, error_bytes);
    return 0;
}
