/* SPDX-License-Identifier: Apache-2.0
 *
 * forbid.c: forbid CALL[,CALL...] COMMAND...: run it where the kernel refuses
 * these system calls (EPERM), as sandboxes do.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"mremap", SYS_mremap},
    {"madvise", SYS_madvise},
    {"ftruncate", SYS_ftruncate},
    {"getrlimit", SYS_prlimit64},
    {"readlink", SYS_readlink},
    {"uname", SYS_uname},
    {"prctl", SYS_prctl},
    {"gettid", SYS_gettid},
    {"sched_yield", SYS_sched_yield},
};

static int
number_of(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].name, name) == 0)
            return (int)calls[i].number;
    fprintf(stderr, "forbid: %s: not known here\n", name);
    exit(125);
}

/* Load the number, compare it with each, allow or refuse. */
static int
forbid(char *names)
{
    struct sock_filter filter[64] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    unsigned short length = 1;
    for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
        filter[length++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number_of(name), 0, 1);
        filter[length++] = (struct sock_filter)BPF_STMT(
            BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    }
    filter[length++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int
main(int argc, char **argv)
{
    if (argc < 3)
        return 125;
    if (forbid(argv[1]) != 0) {
        perror("forbid");
        return 77;
    }
    execvp(argv[2], argv + 2);
    return 127;
}
