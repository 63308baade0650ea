/* SPDX-License-Identifier: Apache-2.0
 *
 * plaintext.c: see plaintext.h.
 */
#include "agent/cpython/values/plaintext.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/values/scalar.h"

#define SCALAR_BYTES 512

void
plaintext_put(struct plaintext *text, const char *bytes, size_t count)
{
    size_t left = text->room - text->used;
    size_t part = count < left ? count : left;
    memcpy(text->bytes + text->used, bytes, part);
    text->used += part;
}

void
plaintext_puts(struct plaintext *text, const char *bytes)
{
    plaintext_put(text, bytes, strlen(bytes));
}

/* Half a surrogate pair is U+FFFD. */
void
plaintext_put_character(struct plaintext *text, uint32_t c)
{
    char bytes[4];
    size_t count = 1 + (size_t)(c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
    if (c >= 0xd800 && c < 0xe000)
        c = 0xfffd;
    if (count > text->room - text->used) {
        text->room = text->used;
        return;
    }
    bytes[0] = (char)c;
    if (count > 1) {
        for (size_t i = count - 1; i > 0; i--, c >>= 6)
            bytes[i] = (char)(0x80 | (c & 0x3f));
        bytes[0] = (char)(0xf00 >> count | c);
    }
    plaintext_put(text, bytes, count);
}

static void
put_str(struct plaintext *text, PyObject *str)
{
    Py_ssize_t length = py.PyUnicode_GetLength(str);
    for (Py_ssize_t i = 0; i < length && text->used < text->room; i++)
        plaintext_put_character(text, py.PyUnicode_ReadChar(str, i));
}

/* == VALUES =============================================================== */

static void
put_type(struct plaintext *text, PyTypeObject *type)
{
    char bytes[SCALAR_BYTES];
    struct valuetext name = valuetext_begin(bytes, sizeof bytes);
    scalar_put_type(&name, type);
    plaintext_puts(text, "<");
    plaintext_put(text, name.bytes, name.used);
    plaintext_puts(text, ">");
}

/* As JSON has it, without quotes around it. */
static bool
put_scalar(struct plaintext *text, PyObject *value)
{
    char bytes[SCALAR_BYTES];
    struct valuetext json = valuetext_begin(bytes, sizeof bytes);
    if (!scalar_put(&json, value, 64, 64))
        return false;
    bool quoted = json.used > 1 && bytes[0] == '"';
    plaintext_put(text, bytes + quoted, json.used - 2 * (size_t)quoted);
    return true;
}

void
plaintext_put_value(struct plaintext *text, PyObject *value)
{
    if (!value)
        return;
    if (value == py._Py_NoneStruct)
        plaintext_puts(text, "None");
    else if (python_type(value) == py.PyUnicode_Type)
        put_str(text, value);
    else if (python_type(value) == py.PyBool_Type)
        plaintext_puts(text, py.PyObject_IsTrue(value) ? "True" : "False");
    else if (!put_scalar(text, value))
        put_type(text, python_type(value));
}

/* == MESSAGES ============================================================= */

/* A str that is read on, and what is put into it. */
struct message {
    PyObject *str;
    Py_ssize_t at, length;
    PyObject *arguments; /* a tuple, a dict, or NULL */
    Py_ssize_t next;
};

static uint32_t
look(const struct message *message, Py_ssize_t at)
{
    return at < message->length ? py.PyUnicode_ReadChar(message->str, at) : 0;
}

static bool
is_one_of(uint32_t c, const char *bytes)
{
    return c && c < 0x80 && strchr(bytes, (int)c);
}

/* Of %(name)s; at is behind the bracket, and then behind the other one. */
static PyObject *
take_named(struct message *message, Py_ssize_t *at)
{
    char name[128];
    size_t length = 0;
    for (uint32_t c; (c = look(message, *at)) && c != ')'; ++*at)
        if (length < sizeof name - 1)
            name[length++] = c < 0x80 ? (char)c : '?';
    name[length] = '\0';
    ++*at;
    return message->arguments &&
                   python_type(message->arguments) == py.PyDict_Type
               ? pyobject_item(message->arguments, name)
               : NULL;
}

static PyObject *
take_next(struct message *message)
{
    PyObject *all = message->arguments;
    if (!all || python_type(all) != py.PyTuple_Type)
        return message->next++ ? NULL : all;
    return message->next < py.PyTuple_Size(all)
               ? py.PyTuple_GetItem(all, message->next++)
               : NULL;
}

/* %s and the like; false: it is none, and stays. */
static bool
put_place(struct plaintext *text, struct message *message)
{
    Py_ssize_t at = message->at + 1;
    bool named = look(message, at) == '(';
    PyObject *value = NULL;
    if (named) {
        at++;
        value = take_named(message, &at);
    }
    while (is_one_of(look(message, at), "-+ #0123456789.hlL"))
        at++;
    if (!is_one_of(look(message, at), "sdirfeEgGxXoucaF"))
        return false;
    value = named ? value : take_next(message);
    if (!value)
        return false;
    plaintext_put_value(text, value);
    message->at = at + 1;
    return true;
}

static void
put_formatted(struct plaintext *text, struct message *message)
{
    while (message->at < message->length && text->used < text->room) {
        uint32_t c = look(message, message->at);
        bool percent = c == '%' && message->arguments;
        bool twice = percent && look(message, message->at + 1) == '%';
        if (percent && !twice && put_place(text, message))
            continue;
        plaintext_put_character(text, c);
        message->at += twice ? 2 : 1;
    }
}

void
plaintext_put_message(struct plaintext *text, PyObject *message,
                      PyObject *arguments)
{
    bool none = !arguments || arguments == py._Py_NoneStruct ||
                (python_type(arguments) == py.PyTuple_Type &&
                 py.PyTuple_Size(arguments) == 0);
    if (!message || python_type(message) != py.PyUnicode_Type) {
        plaintext_put_value(text, message);
        return;
    }
    struct message what = {message, 0, py.PyUnicode_GetLength(message),
                           none ? NULL : arguments, 0};
    put_formatted(text, &what);
}
