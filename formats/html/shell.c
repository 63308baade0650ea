/* SPDX-License-Identifier: Apache-2.0
 *
 * html/shell.c: the joined viewer page (share/viewer/viewer.mk says how) as two
 * hidden symbols.  The assembler reads the file, so that no generated C of many
 * times its size has to be compiled.
 */
#include "formats/html/shell.h"

#include "build/viewer.h"

__asm__(".pushsection .rodata\n"
        ".hidden html_shell\n"
        ".globl html_shell\n"
        "html_shell:\n"
        ".incbin \"" HTML_SHELL_PATH "\"\n"
        ".hidden html_shell_end\n"
        ".globl html_shell_end\n"
        "html_shell_end:\n"
        ".byte 0\n"
        ".popsection\n");
