# SPDX-License-Identifier: Apache-2.0
#
# Completion of asl(1) in bash. It knows no command and no option by name: it asks the asl that is
# typed for its --help, and what follows an option is told by the word that stands for it there.

# _asl_options ASL COMMAND: a line each, "--option METAVAR" or "--option"
_asl_options() {
    "$1" "$2" --help 2>/dev/null | sed -n -E 's/^  (--[a-z-]+)( [A-Z][^ ]*)? .*/\1\2/p'
}

# _asl_words METAVAR ASL CUR [DIR]: what may stand for it
_asl_words() {
    local IFS=$' \n'
    case $1 in
    STATUS) compgen -W 'RUNNING SUCCEEDED FAILED TIMED_OUT ABORTED' -- "$3" ;;
    FORMAT) compgen -W 'text json sarif' -- "$3" ;;
    DIR) compgen -d -- "$3" ;;
    *FILE* | *LIB.so*) compgen -f -- "$3" ;;
    JSON) [[ $3 != @* ]] || compgen -f -P @ -- "${3#@}" ;;
    *NAME*)
        # Executions of the store, when one was named.
        [[ -z ${4-} ]] || compgen -W "$("$2" list --store "$4" 2>/dev/null | sed '1d; s/ .*//')" -- "$3"
        ;;
    esac
}

_asl() {
    local asl=$1 cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local IFS=$'\n' command=${COMP_WORDS[1]} metavar= dir= i
    COMPREPLY=()
    asl=${asl/#\~/$HOME}
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "$("$asl" --help 2>/dev/null |
            sed -n -E 's/^  (--)?([a-z-]+)  .*/\1\2/p')" -- "$cur"))
        return
    fi
    # "@" ends a word for bash, but not for asl.
    if [[ $cur == @ || $prev == @ ]]; then
        COMPREPLY=($(compgen -f -- "${cur#@}"))
        return
    fi
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$(_asl_options "$asl" "$command" | sed 's/ .*//')" -- "$cur"))
        return
    fi
    for ((i = 2; i < COMP_CWORD - 1; i++)); do
        [[ ${COMP_WORDS[i]} != --store ]] || dir=${COMP_WORDS[i + 1]}
    done
    metavar=$(_asl_options "$asl" "$command" | sed -n "s/^$prev //p")
    if [[ $prev == -* && -n $metavar ]]; then
        COMPREPLY=($(_asl_words "$metavar" "$asl" "$cur"))
    else
        metavar=$("$asl" "$command" --help 2>/dev/null | sed -n '1s/.*\]\.\.\. //p')
        COMPREPLY=($(_asl_words "$metavar" "$asl" "$cur" "${dir/#\~/$HOME}"))
    fi
}
complete -o filenames -F _asl asl
