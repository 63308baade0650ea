/* SPDX-License-Identifier: Apache-2.0
 *
 * account.c: see account.h.  Each text is put together, then what is secret is taken
 * out of it, and then it is cut.
 */
#include "agent/cpython/values/account.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"
#include "agent/cpython/values/contents.h"
#include "agent/cpython/values/local.h"
#include "agent/cpython/values/plaintext.h"
#include "agent/cpython/values/redacted.h"
#include "agent/cpython/values/secretwords.h"
#include "formats/base/escape.h"
#include "formats/base/phrase.h"

#define RAW_BYTES  (2 * ACCOUNT_TEXT)
#define CUT        "\xe2\x80\xa6" /* behind what was cut */
#define WORDS_MOST 64             /* of a command */

/* == JSON ================================================================= */

static void
add(struct account *account, const char *bytes)
{
    size_t left = sizeof account->json - account->used - 1;
    size_t count = strlen(bytes);
    memcpy(account->json + account->used, bytes, count < left ? count : left);
    account->used += count < left ? count : left;
}

static void
add_key(struct account *account, const char *key)
{
    add(account, account->used ? ",\"" : "{\"");
    add(account, key);
    add(account, "\":");
}

void
account_add_number(struct account *account, const char *key, uint64_t number)
{
    char digits[32];
    struct phrase phrase = phrase_begin(digits, sizeof digits);
    phrase_add(&phrase, "%llu", (unsigned long long)number);
    add_key(account, key);
    add(account, digits);
}

typedef size_t cleaner(char *to, size_t room, const char *from, size_t length);

/* A text that is too large for what is left is left out. */
static void
add_text(struct account *account, const char *key, const struct plaintext *raw,
         cleaner *clean)
{
    char text[ACCOUNT_TEXT + sizeof CUT];
    size_t length = clean(text, ACCOUNT_TEXT, raw->bytes, raw->used);
    bool cut = raw->used == raw->room || length + 4 > ACCOUNT_TEXT;
    memcpy(text + length, cut ? CUT : "", cut ? sizeof CUT : 1);
    for (char *at = text; (at = memchr(at, 0, length - (size_t)(at - text)));)
        *at = '?';
    if (escape_bytes(text) + strlen(key) + 80 >
        sizeof account->json - account->used)
        return;
    add_key(account, key);
    add(account, "\"");
    escape_copy(account->json + account->used, text);
    account->used += escape_bytes(text);
    add(account, "\"");
}

static void
add_value(struct account *account, const char *key, PyObject *value)
{
    char bytes[RAW_BYTES];
    struct plaintext raw = {bytes, 0, sizeof bytes};
    plaintext_put_value(&raw, value);
    if (raw.used)
        add_text(account, key, &raw, secretwords_clean);
}

static void
add_int(struct account *account, const char *key, PyObject *value)
{
    long number = value && python_type(value) == py.PyLong_Type
                      ? py.PyLong_AsLong(value)
                      : -1;
    if (number >= 0)
        account_add_number(account, key, (uint64_t)number);
    py.PyErr_Clear();
}

struct text
account_end(struct account *account)
{
    add(account, account->used ? "}" : "{}");
    return (struct text){account->json, (uint32_t)account->used};
}

/* == ARGUMENTS, AND WHAT THEY HAVE ======================================== */

/* A new reference; NULL: there is none of that name. */
static PyObject *
argument(const struct locals *locals, const char *name)
{
    for (Py_ssize_t i = 0; i < locals->count; i++)
        if (pyobject_is_text(local_name(locals, i), name))
            return local_value(locals, i);
    return NULL;
}

/* The plain attributes of an object; NULL: none.  contents_end in any case. */
static PyObject *
attributes(struct contents *contents, PyObject *object)
{
    *contents = (struct contents){0};
    return object && contents_begin(contents, object) && contents->type
               ? contents->container
               : NULL;
}

/* == LOG RECORDS ========================================================== */

static const char *
name_of_level(PyObject *level)
{
    long number = level && python_type(level) == py.PyLong_Type
                      ? py.PyLong_AsLong(level)
                      : 0;
    py.PyErr_Clear();
    return number >= 50   ? "log CRITICAL"
           : number >= 40 ? "log ERROR"
           : number >= 30 ? "log WARNING"
           : number >= 20 ? "log INFO"
                          : "log DEBUG";
}

static void
add_message(struct account *account, PyObject *record)
{
    char bytes[RAW_BYTES];
    struct plaintext raw = {bytes, 0, sizeof bytes};
    plaintext_put_message(&raw, pyobject_item(record, "msg"),
                          pyobject_item(record, "args"));
    add_text(account, "message", &raw, secretwords_clean);
}

static bool
read_log(struct account *account, const struct locals *locals)
{
    struct contents contents;
    PyObject *object = argument(locals, "record");
    PyObject *record = attributes(&contents, object);
    if (record) {
        account->name = name_of_level(pyobject_item(record, "levelno"));
        add_value(account, "logger", pyobject_item(record, "name"));
        add_message(account, record);
    }
    contents_end(&contents);
    pyobject_release(object);
    return record != NULL;
}

/* == WARNINGS ============================================================= */

static void
add_reason(struct account *account, PyObject *warning)
{
    PyObject *arguments = warning ? type_read(warning, "args") : NULL;
    if (arguments && python_type(arguments) == py.PyTuple_Type &&
        py.PyTuple_Size(arguments) > 0)
        add_value(account, "message", py.PyTuple_GetItem(arguments, 0));
    pyobject_release(arguments);
    py.PyErr_Clear();
}

static bool
read_warning(struct account *account, const struct locals *locals)
{
    struct contents contents;
    PyObject *object = argument(locals, "msg");
    PyObject *warning = attributes(&contents, object);
    if (warning) {
        account->name = "warning";
        add_value(account, "category",
                  pyobject_item(warning, "_category_name"));
        add_reason(account, pyobject_item(warning, "message"));
        add_value(account, "file", pyobject_item(warning, "filename"));
        add_int(account, "line", pyobject_item(warning, "lineno"));
    }
    contents_end(&contents);
    pyobject_release(object);
    return warning != NULL;
}

/* == HTTP REQUESTS ======================================================== */

/* Without what is asked for: that may be anybody's secret. */
static void
add_path(struct account *account, PyObject *url)
{
    char bytes[RAW_BYTES];
    struct plaintext raw = {bytes, 0, sizeof bytes};
    plaintext_put_value(&raw, url);
    char *query = memchr(bytes, '?', raw.used);
    if (query) {
        raw.used = (size_t)(query - bytes);
        plaintext_puts(&raw, "?" CUT);
    }
    add_text(account, "path", &raw, secretwords_clean);
}

static bool
read_http(struct account *account, const struct locals *locals)
{
    struct contents contents;
    PyObject *self = argument(locals, "self");
    PyObject *method = argument(locals, "method");
    PyObject *url = argument(locals, "url");
    PyObject *connection = attributes(&contents, self);
    account->name = "http request";
    add_value(account, "method", method);
    if (connection) {
        add_value(account, "host", pyobject_item(connection, "host"));
        add_int(account, "port", pyobject_item(connection, "port"));
    }
    if (url)
        add_path(account, url);
    contents_end(&contents);
    pyobject_release(self);
    pyobject_release(method);
    pyobject_release(url);
    return method && url;
}

/* == COMMANDS ============================================================= */

static struct text
without_dashes(struct text word)
{
    while (word.length && *word.bytes == '-') {
        word.bytes++;
        word.length--;
    }
    return word;
}

/* --NAME, whose value is the next word. */
static bool
names_secret(struct text word)
{
    struct text name = without_dashes(word);
    return name.length < word.length && name.length &&
           !memchr(name.bytes, '=', name.length) && redacted_is(name);
}

/* NAME=VALUE as far as the sign, if the value is secret; else 0. */
static size_t
secret_from(struct text word)
{
    const char *sign = memchr(word.bytes, '=', word.length);
    struct text name = without_dashes(word);
    if (!sign || sign < name.bytes)
        return 0;
    name.length = (uint32_t)(sign - name.bytes);
    return redacted_is(name) ? (size_t)(sign - word.bytes) + 1 : 0;
}

static bool
needs_quotes(struct text word)
{
    for (uint32_t i = 0; i < word.length; i++)
        if (strchr(" \t\n\"'\\$;&|<>(){}*?", word.bytes[i]))
            return true;
    return word.length == 0;
}

/* Is the next one secret? */
static bool
put_word(struct plaintext *command, PyObject *value, bool secret)
{
    char bytes[512];
    struct plaintext word = {bytes, 0, sizeof bytes};
    plaintext_put_value(&word, value);
    struct text text = {bytes, (uint32_t)word.used};
    size_t shown = secret ? 0 : secret_from(text);
    bool quoted = !secret && !shown && needs_quotes(text);
    if (command->used)
        plaintext_puts(command, " ");
    plaintext_puts(command, quoted ? "'" : "");
    if (secret || shown) {
        plaintext_put(command, bytes, shown);
        plaintext_puts(command, SECRETWORDS_MARK);
    } else {
        plaintext_put(command, bytes, word.used);
    }
    plaintext_puts(command, quoted ? "'" : "");
    return !secret && names_secret(text);
}

static void
put_words(struct plaintext *command, struct contents *contents)
{
    PyObject *key, *value;
    bool secret = false;
    for (int i = 0; i < WORDS_MOST && contents_next(contents, &key, &value);
         i++) {
        secret = put_word(command, value, secret);
        contents_release(key, value);
    }
    if (contents->count > WORDS_MOST)
        plaintext_puts(command, " " CUT);
}

static bool
read_command(struct account *account, const struct locals *locals)
{
    char bytes[RAW_BYTES];
    struct plaintext raw = {bytes, 0, sizeof bytes};
    struct contents contents = {0};
    PyObject *words = argument(locals, "args");
    account->name = "subprocess";
    if (words && contents_begin(&contents, words) && !contents.type &&
        !contents.keyed)
        put_words(&raw, &contents);
    else
        plaintext_put_value(&raw, words);
    add_text(account, "command", &raw, secretwords_clean);
    contents_end(&contents);
    pyobject_release(words);
    return words != NULL;
}

/* == STATEMENTS =========================================================== */

static bool
read_statement(struct account *account, const struct locals *locals)
{
    static const char *const names[] = {"statement", "sql",  "query",
                                        "operation", "stmt", "command"};
    char bytes[RAW_BYTES];
    struct plaintext raw = {bytes, 0, sizeof bytes};
    PyObject *value = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !value; i++)
        value = argument(locals, names[i]);
    account->name = "sql";
    plaintext_put_value(&raw, value);
    if (value)
        add_text(account, "statement", &raw, secretwords_clean_sql);
    pyobject_release(value);
    return value != NULL;
}

bool
account_read(struct account *account, enum happening kind, PyObject *code,
             void *frame)
{
    static bool (*const readers[HAPPENINGS])(struct account *,
                                             const struct locals *) = {
        [HAPPENING_LOG] = read_log,
        [HAPPENING_WARNING] = read_warning,
        [HAPPENING_SQL] = read_statement,
        [HAPPENING_HTTP] = read_http,
        [HAPPENING_SUBPROCESS] = read_command,
    };
    struct locals locals;
    account->used = 0;
    bool known =
        local_begin(&locals, code, frame) && readers[kind](account, &locals);
    local_end(&locals);
    return known;
}
