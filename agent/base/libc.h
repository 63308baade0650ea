/* SPDX-License-Identifier: Apache-2.0
 *
 * libc.h: what the agent asks of libc beyond its oldest symbols.  Each of these
 * lives in libc only since glibc 2.34, or is missing on other C libraries, so
 * it is a weak reference bound to the version every glibc has: an unmet strong
 * one would keep every process that inherits LD_PRELOAD from starting.  Callers
 * must expect NULL.
 */
#ifndef CODESNAP_LIBC_H
#define CODESNAP_LIBC_H

#include <pthread.h>
#include <stdlib.h>

#if defined(__x86_64__) && defined(__GLIBC__)
#    define OLD_SYMBOL(name) __asm__(".symver " #    name "," #    name "@GLIBC_2.2.5")
OLD_SYMBOL(pthread_key_create);
OLD_SYMBOL(pthread_setspecific);
OLD_SYMBOL(pthread_getattr_np);
OLD_SYMBOL(pthread_attr_getstack);
OLD_SYMBOL(pthread_attr_destroy);
OLD_SYMBOL(pthread_getcpuclockid);
#endif

#pragma weak pthread_key_create
#pragma weak pthread_setspecific
#pragma weak pthread_getattr_np
#pragma weak pthread_attr_getstack
#pragma weak pthread_attr_destroy
#pragma weak pthread_getcpuclockid
#pragma weak on_exit

/* pthread_atfork is a static function of each object; this is what it calls. */
int __register_atfork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void), void *dso) __attribute__((weak));

#endif
