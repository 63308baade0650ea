/* SPDX-License-Identifier: Apache-2.0
 *
 * scalar.c: see scalar.h.
 */
#include "agent/cpython/values/scalar.h"

#include <math.h>
#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"
#include "agent/cpython/names/code.h"
#include "formats/base/escape.h"
#include "formats/base/phrase.h"

#define NAME_CHARACTERS 100
#define EXACT           (1ll << 53) /* whole numbers up to there are doubles */

/* == NUMBERS ============================================================== */

static void
put_digits(struct valuetext *text, long long number)
{
    char digits[32];
    struct phrase phrase = phrase_begin(digits, sizeof digits);
    bool exact = number > -EXACT && number < EXACT;
    phrase_add(&phrase, exact ? "%lld" : "\"%lld\"", number);
    valuetext_puts(text, digits);
}

/* Its digits would take a time that grows with the square of their number. */
static void
put_large(struct valuetext *text, PyObject *value)
{
    char digits[ESCAPE_NUMBER_BYTES];
    double about = py.PyLong_AsDouble(value);
    bool known = !py.PyErr_Occurred();
    py.PyErr_Clear();
    valuetext_puts(text, "\"<int");
    if (known) {
        escape_print(digits, about);
        valuetext_puts(text, ", about ");
        valuetext_puts(text, digits);
    }
    valuetext_puts(text, ">\"");
}

static void
put_int(struct valuetext *text, PyObject *value)
{
    int overflow = 0;
    long long number = py.PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow)
        put_large(text, value);
    else
        put_digits(text, number);
}

/* 1.0 is no int. */
static void
put_point(char *digits, size_t count)
{
    if (strcspn(digits, ".e") == count)
        strcpy(digits + count, ".0");
}

static void
put_float(struct valuetext *text, double number)
{
    char digits[ESCAPE_NUMBER_BYTES] = "";
    if (isfinite(number))
        put_point(digits, escape_print(digits, number));
    else
        strcpy(digits, isnan(number) ? "\"nan\""
                       : number > 0  ? "\"inf\""
                                     : "\"-inf\"");
    valuetext_puts(text, digits);
}

/* == TEXTS ================================================================ */

static void
put_str(struct valuetext *text, PyObject *value, size_t most)
{
    valuetext_puts(text, "\"");
    valuetext_str(text, value, most);
    valuetext_puts(text, "\"");
}

static void
put_byte(struct valuetext *text, unsigned char byte)
{
    char shown[8];
    struct phrase phrase = phrase_begin(shown, sizeof shown);
    bool plain = byte >= ' ' && byte < 0x7f && byte != '\'' && byte != '\\';
    phrase_add(&phrase, plain ? "%c" : "\\x%02x", byte);
    valuetext_escape(text, shown, strlen(shown));
}

/* b'...', without quotes around it. */
static void
put_bytes(struct valuetext *text, PyObject *value, size_t most)
{
    char *bytes = NULL, rest[48];
    Py_ssize_t length = 0;
    struct phrase phrase = phrase_begin(rest, sizeof rest);
    if (py.PyBytes_AsStringAndSize(value, &bytes, &length) < 0)
        length = 0;
    valuetext_puts(text, "b'");
    for (Py_ssize_t i = 0; i < length && (size_t)i < most; i++)
        put_byte(text, (unsigned char)bytes[i]);
    if ((size_t)length > most)
        phrase_add(&phrase, "\xe2\x80\xa6 and %zu more", (size_t)length - most);
    valuetext_puts(text, rest);
    valuetext_puts(text, "'");
}

/* == TYPES ================================================================ */

void
scalar_put_type(struct valuetext *text, PyTypeObject *type)
{
    PyObject *module = type_module(type), *name = type_qualified_name(type);
    if (module && python_type(module) == py.PyUnicode_Type &&
        !pyobject_is_text(module, "builtins")) {
        valuetext_str(text, module, NAME_CHARACTERS);
        valuetext_puts(text, ".");
    }
    if (name && python_type(name) == py.PyUnicode_Type)
        valuetext_str(text, name, NAME_CHARACTERS);
    else
        valuetext_puts(text, "?");
    pyobject_release(module);
    pyobject_release(name);
}

static bool
is_class(PyObject *value)
{
    enum {
        FLAG_TYPE_SUBCLASS = 31
    };
    return py.PyType_GetFlags(python_type(value)) >> FLAG_TYPE_SUBCLASS & 1;
}

static void
put_function(struct valuetext *text, PyObject *function)
{
    PyObject *name = code_name(py.PyFunction_GetCode(function));
    valuetext_puts(text, "\"<function ");
    if (name && python_type(name) == py.PyUnicode_Type)
        valuetext_str(text, name, NAME_CHARACTERS);
    valuetext_puts(text, ">\"");
}

static void
put_class(struct valuetext *text, PyObject *value)
{
    valuetext_puts(text, "\"<class ");
    scalar_put_type(text, (PyTypeObject *)value);
    valuetext_puts(text, ">\"");
}

/* == ANY ================================================================== */

bool
scalar_put(struct valuetext *text, PyObject *value, size_t characters,
           size_t bytes)
{
    PyTypeObject *type = python_type(value);
    if (value == py._Py_NoneStruct) {
        valuetext_puts(text, "null");
    } else if (type == py.PyBool_Type) {
        valuetext_puts(text, py.PyObject_IsTrue(value) ? "true" : "false");
    } else if (type == py.PyLong_Type) {
        put_int(text, value);
    } else if (type == py.PyFloat_Type) {
        put_float(text, py.PyFloat_AsDouble(value));
    } else if (type == py.PyUnicode_Type) {
        put_str(text, value, characters);
    } else if (type == py.PyBytes_Type) {
        valuetext_puts(text, "\"");
        put_bytes(text, value, bytes);
        valuetext_puts(text, "\"");
    } else if (type == py.PyFunction_Type) {
        put_function(text, value);
    } else if (is_class(value)) {
        put_class(text, value);
    } else {
        return false;
    }
    return true;
}

void
scalar_put_key(struct valuetext *text, PyObject *key)
{
    int overflow = 0;
    if (python_type(key) == py.PyBytes_Type) {
        put_bytes(text, key, NAME_CHARACTERS);
    } else if (python_type(key) == py.PyLong_Type) {
        char digits[32];
        struct phrase phrase = phrase_begin(digits, sizeof digits);
        long long number = py.PyLong_AsLongLongAndOverflow(key, &overflow);
        phrase_add(&phrase, overflow ? "<int>" : "%lld", number);
        valuetext_puts(text, digits);
    } else {
        valuetext_puts(text, "<");
        scalar_put_type(text, python_type(key));
        valuetext_puts(text, ">");
    }
}
