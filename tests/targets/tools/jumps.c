/* SPDX-License-Identifier: Apache-2.0
 *
 * jumps.c: a library whose functions leave calls by longjmp or, compiled as C++,
 * by an exception as well: over whatever was called in between, be it Python.
 */
#include <setjmp.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int callback(int);

static jmp_buf back;

int
jump_over(callback *called, int value)
{
    int told = setjmp(back);
    return told ? told : called(value);
}

void
jump(int value)
{
    longjmp(back, value);
}

#ifdef __cplusplus
int
throw_over(callback *called, int value)
{
    try {
        return called(value);
    } catch (int thrown) {
        return thrown;
    }
}

void
throw_it(int value)
{
    throw value;
}
}
#endif
