# SPDX-License-Identifier: Apache-2.0
#
# Completion for fish: the options are those that --help lists.

function __codesnap_flags
    codesnap $argv --help 2>/dev/null | string match -rg '^ +(?:-., )?(--[a-z-]+)'
end

complete -c codesnap -n __fish_use_subcommand -f -a '(codesnap --help | string match -rg "^  codesnap ([a-z]+)")'
complete -c codesnap -n '__fish_seen_subcommand_from run; and string match -q -- "-*" (commandline -ct)' -a '(__codesnap_flags run)'
complete -c codesnap -n '__fish_seen_subcommand_from convert; and string match -q -- "-*" (commandline -ct)' -a '(__codesnap_flags convert)'
complete -c codesnap -n '__fish_seen_subcommand_from diff; and string match -q -- "-*" (commandline -ct)' -a '(__codesnap_flags diff)'
complete -c codesnap-run -n 'string match -q -- "-*" (commandline -ct)' -a '(__codesnap_flags run)'
complete -c codesnap-run -n 'not string match -q -- "-*" (commandline -ct)' -a '(__fish_complete_subcommand)'
