/* SPDX-License-Identifier: Apache-2.0
 *
 * interpose.c: the functions of libc that we stand in front of.  Each calls the
 * real one with what the caller gave, and leaves errno as that left it; in a
 * process that records nothing that is all.  They run in every process that
 * inherits LD_PRELOAD, on any thread, between vfork and exec and in signal
 * handlers: no allocation, and no lock that could be held already.
 */
#include "agent/exec/interpose.h"

#include <alloca.h>
#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/base/realsym.h"
#include "agent/cpython/cpython.h"
#include "agent/exec/handover.h"
#include "agent/store/status.h"
#include "agent/track/origin.h"

#define EXPORTED __attribute__((visibility("default")))

static struct {
#define INTERPOSED(name) __typeof__(name) *name;
#include "agent/exec/interposed.def"
#undef INTERPOSED
} real;

/* A library's constructor may call us before ours has run. */
#define REAL(name)                                                      \
    (__builtin_expect(!real.name, 0) ? (interpose_resolve(), real.name) \
                                     : real.name)

/* Of a library that may come later: before glibc 2.34 the functions of threads are in
 * one of their own. */
#define REAL_LATELY(name)                                                   \
    ((void *)real.name == (void *)absent ? (interpose_resolve(), real.name) \
                                         : REAL(name))

static long
absent(void)
{
    errno = ENOSYS;
    return -1;
}

void
interpose_resolve(void)
{
    void *found;
#define INTERPOSED(name)         \
    found = realsym_find(#name); \
    *(void **)&real.name = found ? found : (void *)absent;
#include "agent/exec/interposed.def"
#undef INTERPOSED
    /* dlsym of an old glibc prefers the oldest version, of another structure. */
    found = realsym_search("pthread_cond_timedwait");
    if (found)
        *(void **)&real.pthread_cond_timedwait = found;
    found = realsym_search("pthread_cond_wait");
    if (found)
        *(void **)&real.pthread_cond_wait = found;
}

/* == STARTING PROGRAMS ==================================================== */

/* handover: what environment becomes, on this function's stack. */
#define HAND_OVER(environment, in_place)             \
    struct handover handover;                        \
    handover_plan(&handover, environment, in_place); \
    handover_make(&handover, alloca(handover.bytes))

EXPORTED int
execve(const char *path, char *const argv[], char *const environment[])
{
    HAND_OVER(environment, true);
    int result = REAL(execve)(path, argv, handover.environment);
    handover_undo(&handover);
    return result;
}

EXPORTED int
execv(const char *path, char *const argv[])
{
    HAND_OVER(environ, true);
    int result = REAL(execve)(path, argv, handover.environment);
    handover_undo(&handover);
    return result;
}

EXPORTED int
execvpe(const char *file, char *const argv[], char *const environment[])
{
    HAND_OVER(environment, true);
    int result = REAL(execvpe)(file, argv, handover.environment);
    handover_undo(&handover);
    return result;
}

EXPORTED int
execvp(const char *file, char *const argv[])
{
    HAND_OVER(environ, true);
    int result = REAL(execvpe)(file, argv, handover.environment);
    handover_undo(&handover);
    return result;
}

EXPORTED int
fexecve(int fd, char *const argv[], char *const environment[])
{
    HAND_OVER(environment, true);
    int result = REAL(fexecve)(fd, argv, handover.environment);
    handover_undo(&handover);
    return result;
}

EXPORTED int
posix_spawn(pid_t *pid, const char *path,
            const posix_spawn_file_actions_t *actions,
            const posix_spawnattr_t *attributes, char *const argv[],
            char *const environment[])
{
    HAND_OVER(environment, false);
    int failure = REAL(posix_spawn)(pid, path, actions, attributes, argv,
                                    handover.environment);
    if (failure)
        handover_undo(&handover);
    return failure;
}

EXPORTED int
posix_spawnp(pid_t *pid, const char *file,
             const posix_spawn_file_actions_t *actions,
             const posix_spawnattr_t *attributes, char *const argv[],
             char *const environment[])
{
    HAND_OVER(environment, false);
    int failure = REAL(posix_spawnp)(pid, file, actions, attributes, argv,
                                     handover.environment);
    if (failure)
        handover_undo(&handover);
    return failure;
}

EXPORTED int
system(const char *command)
{
    origin_begin();
    int status = REAL(system)(command);
    origin_end();
    return status;
}

EXPORTED FILE *
popen(const char *command, const char *mode)
{
    origin_begin();
    FILE *stream = REAL(popen)(command, mode);
    origin_end();
    return stream;
}

/* == HOW CHILDREN END ===================================================== */

static pid_t
told(pid_t pid, int status)
{
    if (pid > 0 && (WIFEXITED(status) || WIFSIGNALED(status)))
        status_report_child((uint32_t)pid, status);
    return pid;
}

EXPORTED pid_t
wait(int *status)
{
    int own = 0;
    status = status ? status : &own;
    pid_t pid = REAL(wait)(status);
    return told(pid, *status);
}

EXPORTED pid_t
waitpid(pid_t whom, int *status, int options)
{
    int own = 0;
    status = status ? status : &own;
    pid_t pid = REAL(waitpid)(whom, status, options);
    return told(pid, *status);
}

EXPORTED pid_t
wait3(int *status, int options, struct rusage *usage)
{
    int own = 0;
    status = status ? status : &own;
    pid_t pid = REAL(wait3)(status, options, usage);
    return told(pid, *status);
}

EXPORTED pid_t
wait4(pid_t whom, int *status, int options, struct rusage *usage)
{
    int own = 0;
    status = status ? status : &own;
    pid_t pid = REAL(wait4)(whom, status, options, usage);
    return told(pid, *status);
}

EXPORTED int
waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    int result = REAL(waitid)(type, id, info, options);
    if (result != 0 || !info || info->si_signo != SIGCHLD)
        return result;
    if (info->si_code == CLD_EXITED)
        told(info->si_pid, (info->si_status & 0xff) << 8);
    else if (info->si_code == CLD_KILLED)
        told(info->si_pid, info->si_status);
    else if (info->si_code == CLD_DUMPED)
        told(info->si_pid, info->si_status | 0x80);
    return result;
}

/* == HOW PYTHON COMES ===================================================== */

EXPORTED char *
setlocale(int category, const char *locale)
{
    cpython_look_at(__builtin_return_address(0));
    return REAL(setlocale)(category, locale);
}

#if defined(__x86_64__) || defined(__aarch64__)

static void *
no_symbol(void *handle, const char *name)
{
    (void)handle, (void)name;
    return NULL;
}

/* The dlsym to go on with. */
__attribute__((used)) void *interpose_look_in(void *handle, const char *name);

void *
interpose_look_in(void *handle, const char *name)
{
    cpython_look_in(handle, name);
    void *next = (void *)REAL(dlsym);
    return next == (void *)absent ? (void *)no_symbol : next;
}

/* RTLD_NEXT and RTLD_DEFAULT depend on who calls, so dlsym is jumped to, and
 * sees our caller. */
__asm__(".text\n"
        ".globl dlsym\n"
        ".type dlsym, %function\n"
        "dlsym:\n"
        ".cfi_startproc\n"
#    if defined(__x86_64__)
        "endbr64\n"
        "pushq %rdi\n.cfi_adjust_cfa_offset 8\n"
        "pushq %rsi\n.cfi_adjust_cfa_offset 8\n"
        "subq $8, %rsp\n.cfi_adjust_cfa_offset 8\n"
        "call interpose_look_in\n"
        "addq $8, %rsp\n.cfi_adjust_cfa_offset -8\n"
        "popq %rsi\n.cfi_adjust_cfa_offset -8\n"
        "popq %rdi\n.cfi_adjust_cfa_offset -8\n"
        "jmp *%rax\n"
#    else
        "hint #34\n" /* bti c */
        "stp x29, x30, [sp, #-32]!\n.cfi_def_cfa_offset 32\n"
        ".cfi_offset 29, -32\n.cfi_offset 30, -24\n"
        "stp x0, x1, [sp, #16]\n"
        "bl interpose_look_in\n"
        "mov x16, x0\n"
        "ldp x0, x1, [sp, #16]\n"
        "ldp x29, x30, [sp], #32\n.cfi_def_cfa_offset 0\n"
        ".cfi_restore 29\n.cfi_restore 30\n"
        "br x16\n"
#    endif
        ".cfi_endproc\n"
        ".size dlsym, . - dlsym\n");

#endif

/* == WAITING FOR THE GIL ================================================== */

EXPORTED int
pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                       const struct timespec *until)
{
    if (!cpython_waits(condition, __builtin_return_address(0)))
        return REAL_LATELY(pthread_cond_timedwait)(condition, mutex, until);
    int result = REAL_LATELY(pthread_cond_timedwait)(condition, mutex, until);
    cpython_has_waited(condition, result);
    return result;
}

EXPORTED int
pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    if (!cpython_hands_over(condition, __builtin_return_address(0)))
        return REAL_LATELY(pthread_cond_wait)(condition, mutex);
    int result = REAL_LATELY(pthread_cond_wait)(condition, mutex);
    cpython_has_handed_over();
    return result;
}

/* == HOW THIS PROCESS ENDS ================================================ */

/* exit() is seen by on_exit: it ends inside libc, past us. */
static _Noreturn void
leave(void (*end)(int), int status)
{
    status_report_own(status);
    end(status);
    for (;;)
        syscall(SYS_exit_group, status);
}

EXPORTED void
_exit(int status)
{
    leave(REAL(_exit), status);
}

EXPORTED void
_Exit(int status)
{
    leave(REAL(_Exit), status);
}

EXPORTED void
quick_exit(int status)
{
    leave(REAL(quick_exit), status);
}
