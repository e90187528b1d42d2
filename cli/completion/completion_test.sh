#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What bash and zsh offer after words of an asl command line, against what asl itself says. The
# functions of zsh that show offers are played here. Prints TAP.
# Usage: completion_test.sh ASL FOLDER_OF_COMPLETIONS
asl=$(realpath "$1") folder=$(realpath "$2")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" && mkdir -p store && echo '{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}' \
    >pass.asl.json || exit 1
"$asl" run pass.asl.json --store store --name first >/dev/null

# shellcheck source=/dev/null
source "$folder/asl.bash"
in_bash() {
    COMP_WORDS=("$asl" "$@") COMP_CWORD=$#
    _asl "$asl"
    printf '%s\n' "${COMPREPLY[@]}" | sort
}

cat >"$work/zsh" <<'END'
_files() { print files "$@" }
_describe() { print -l -- "${(@)${(@P)2}%%:*}" }
compset() { [[ $words[CURRENT] == ${2}* ]] }
words=("$@")
CURRENT=$#
source $folder/_asl
END
in_zsh() {
    folder=$folder zsh -f "$work/zsh" "$asl" "$@" | sort
}

count=0
is() { # is NAME GOT WANTED
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $count - $1"
    else
        printf 'not ok %d - %s\n' "$count" "$1"
        printf 'wanted:\n%s\ngot:\n%s\n' "$3" "$2" | sed 's/^/# /'
    fi
}

commands=$("$asl" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p')
all_options() { # of all commands, as SHELL offers them, or as asl has them
    for command in $commands; do
        if [ "$1" = asl ]; then
            "$asl" "$command" --help | grep -o -E '^  --[a-z-]+' | tr -d ' ' | sort
        else
            "in_$1" "$command" --
        fi | sed "s/^/$command /"
    done
}
statuses=$(printf '%s\n' ABORTED FAILED RUNNING SUCCEEDED TIMED_OUT)

echo 1..16
is 'bash: commands' "$(in_bash '' | grep -v '^--')" "$(echo "$commands" | sort)"
is 'bash: all options of all commands' "$(all_options bash)" "$(all_options asl)"
is 'bash: the beginning of an option' "$(in_bash run --inp)" --input
is 'bash: a status' "$(in_bash list --status '')" "$statuses"
is 'bash: a folder' "$(in_bash list --store s)" store
is 'bash: a file' "$(in_bash run pa)" pass.asl.json
is 'bash: a file behind @' "$(in_bash run pass.asl.json --input @ pa)" pass.asl.json
is 'bash: an execution of the store' "$(in_bash describe --store store f)" first

if ! command -v zsh >/dev/null; then
    for count in 9 10 11 12 13 14 15 16; do echo "ok $count # SKIP there is no zsh"; done
    exit
fi
is 'zsh: commands' "$(in_zsh '' | grep -v '^--')" "$(echo "$commands" | sort)"
is 'zsh: all options of all commands' "$(all_options zsh)" "$(all_options asl)"
is 'zsh: an option' "$(in_zsh run - | grep -x -e --input)" --input
is 'zsh: a status' "$(in_zsh list --status '')" "$statuses"
is 'zsh: a folder' "$(in_zsh list --store s)" 'files -/'
is 'zsh: a file' "$(in_zsh run pa)" files
is 'zsh: a file behind @' "$(in_zsh run pass.asl.json --input @pa)" files
is 'zsh: an execution of the store' "$(in_zsh describe --store store '')" first
