# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Completion for bash.  The verbs and options are asked of codesnap --help, so
# there is nothing here to keep in step.

_codesnap() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=$1 verb=run first=1 word
    if [[ ${command##*/} != codesnap-run ]]; then
        verb=${COMP_WORDS[1]} first=2
        if ((COMP_CWORD == 1)); then
            word=$("$command" --help 2>/dev/null | sed -n 's/^  codesnap \([a-z]*\) .*/\1/p')
            mapfile -t COMPREPLY < <(compgen -W "$word --help --version" -- "$current")
            return
        fi
    fi
    if [[ $verb == run ]] && _codesnap_program "$first"; then
        COMPREPLY=()
        declare -F _command_offset >/dev/null && _command_offset "$REPLY"
    elif [[ $current == -* ]]; then
        word=$(_codesnap_help "$command" "$verb" | grep -oE -- '^ +(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+')
        mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
    elif [[ $before == --format ]]; then
        word=$(_codesnap_help "$command" "$verb" | sed -n '/^Formats/,$s/^  \([a-z]\+\) .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
    elif [[ $before == -* ]]; then
        word=$(_codesnap_help "$command" "$verb" | sed -nE "s/^ +(-., )?$before ([a-z]+(\\|[a-z]+)*)( .*|\$)/\\2/p")
        mapfile -t COMPREPLY < <(compgen -W "${word//|/ }" -- "$current")
    elif [[ $verb == run ]]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
    fi
}

_codesnap_help() {
    if [[ ${1##*/} == codesnap-run ]]; then
        "$1" --help 2>/dev/null
    else
        "$1" "$2" --help 2>/dev/null
    fi
}

# Whether the program's name lies before the current word; REPLY is where.
# An option takes a value where --help has one blank and a word behind it.
_codesnap_program() {
    local at valued
    valued=" $(_codesnap_help "${COMP_WORDS[0]}" run | tr -s ',' '\n' |
        sed -nE 's/^ *(--[a-z-]+) [^ ].*/\1/p' | tr '\n' ' ')-o "
    for ((at = $1; at < COMP_CWORD; at++)); do
        case ${COMP_WORDS[at]} in
        -*)
            [[ $valued == *" ${COMP_WORDS[at]} "* ]] || continue
            [[ ${COMP_WORDS[at + 1]} == = ]] && at=$((at + 1))
            at=$((at + 1))
            ;;
        *)
            REPLY=$at
            return 0
            ;;
        esac
    done
    return 1
}

complete -o default -F _codesnap codesnap codesnap-run
