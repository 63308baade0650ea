/* SPDX-License-Identifier: Apache-2.0
 *
 * pyobject.c: reading the interpreter's objects.  Attributes are read only from
 * code objects and built-in types, where no code of the host answers.
 */
#include "agent/cpython/abi/pyobject.h"

#include "agent/base/arena.h"

/* == TEXTS ================================================================ */

static size_t
utf8_bytes(uint32_t character)
{
    return 1 + (size_t)(character >= 0x80) + (character >= 0x800) +
           (character >= 0x10000);
}

static char *
put_utf8(char *to, uint32_t character)
{
    static const unsigned char leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    size_t bytes = utf8_bytes(character);
    for (size_t i = bytes - 1; i > 0; i--, character >>= 6)
        to[i] = (char)(0x80 | (character & 0x3f));
    to[0] = (char)(leads[bytes] | character);
    return to + bytes;
}

/* Where every character is ASCII the str holds its UTF-8 already. */
static struct text
borrow(PyObject *string, size_t length, struct text_holder *holder)
{
    const char *bytes = py.PyUnicode_AsUTF8AndSize(string, NULL);
    if (!bytes)
        return (struct text){"", 0};
    py.Py_IncRef(string);
    holder->string = string;
    return (struct text){bytes, (uint32_t)length};
}

static struct text
encode(PyObject *string, Py_ssize_t length, size_t bytes,
       struct text_holder *holder)
{
    char *to = arena_take_pages(bytes);
    if (!to)
        return (struct text){"", 0};
    holder->pages = to;
    holder->bytes = bytes;
    for (Py_ssize_t i = 0; i < length; i++)
        to = put_utf8(to, py.PyUnicode_ReadChar(string, i));
    return (struct text){holder->pages, (uint32_t)bytes};
}

struct text
pyobject_text(PyObject *string, struct text_holder *holder)
{
    *holder = HELD_BY_NOTHING;
    if (!string || python_type(string) != py.PyUnicode_Type)
        return (struct text){"", 0};
    Py_ssize_t length = py.PyUnicode_GetLength(string);
    size_t bytes = 0;
    for (Py_ssize_t i = 0; i < length; i++)
        bytes += utf8_bytes(py.PyUnicode_ReadChar(string, i));
    struct text text = bytes > (size_t)length
                           ? encode(string, length, bytes, holder)
                           : borrow(string, bytes, holder);
    py.PyErr_Clear();
    return text;
}

uint32_t
pyobject_copy_text(PyObject *string, uint32_t most, char *to)
{
    char *at = to;
    Py_ssize_t length = py.PyUnicode_GetLength(string);
    for (Py_ssize_t i = 0; i < length && i < (Py_ssize_t)most; i++)
        at = put_utf8(at, py.PyUnicode_ReadChar(string, i));
    return (uint32_t)(at - to);
}

void
pyobject_release_text(struct text_holder *holder)
{
    pyobject_release(holder->string);
    arena_give_pages(holder->pages, holder->bytes);
}

/* == OBJECTS ============================================================== */

void
pyobject_release(PyObject *object)
{
    if (object)
        py.Py_DecRef(object);
}

struct text
pyobject_attribute_text(PyObject *object, const char *attribute,
                        struct text_holder *holder)
{
    PyObject *value = py.PyObject_GetAttrString(object, attribute);
    if (!value)
        py.PyErr_Clear();
    struct text text = pyobject_text(value, holder);
    pyobject_release(value);
    return text;
}

long
pyobject_attribute_number(PyObject *object, const char *attribute,
                          long otherwise)
{
    PyObject *value = py.PyObject_GetAttrString(object, attribute);
    if (!value || python_type(value) != py.PyLong_Type) {
        py.PyErr_Clear();
        pyobject_release(value);
        return otherwise;
    }
    long number = py.PyLong_AsLong(value);
    py.Py_DecRef(value);
    return number;
}

bool
pyobject_is_text(PyObject *object, const char *text)
{
    return object && python_type(object) == py.PyUnicode_Type &&
           py.PyUnicode_CompareWithASCIIString(object, text) == 0;
}

static PyObject *
look_up(PyObject *dictionary, const char *name)
{
    PyObject *key = py.PyUnicode_InternFromString(name);
    PyObject *value = key ? py.PyDict_GetItemWithError(dictionary, key) : NULL;
    if (!value)
        py.PyErr_Clear();
    pyobject_release(key);
    return value;
}

/* Among so many items, else by looking it up; free-threaded only so. */
static PyObject *
find_item(PyObject *dictionary, const char *name, size_t first)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (!dictionary)
        return NULL;
    if (py.header_bytes != 2 * sizeof(void *))
        return look_up(dictionary, name);
    for (; first > 0; first--) {
        if (!py.PyDict_Next(dictionary, &at, &key, &value))
            return NULL;
        if (pyobject_is_text(key, name))
            return value;
    }
    return look_up(dictionary, name);
}

PyObject *
pyobject_item(PyObject *dictionary, const char *name)
{
    return find_item(dictionary, name, SIZE_MAX);
}

PyObject *
pyobject_early_item(PyObject *dictionary, const char *name)
{
    return find_item(dictionary, name, 64);
}

PyObject *
pyobject_none(void)
{
    py.Py_IncRef(py._Py_NoneStruct);
    return py._Py_NoneStruct;
}

PyObject *
pyobject_of_text(struct text text)
{
    return py.PyUnicode_FromStringAndSize(text.bytes, (Py_ssize_t)text.length);
}
