#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Strangers: projects that know an installed libasl, through pkg-config and its public headers, and
# one that has it as a subproject. Installs into an empty folder, builds each in a copy of its own,
# and runs it. Prints TAP. Usage: outside_test.sh SOURCE_DIR BUILD_DIR VERSION
set -u
source=$1 build=$2 version=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

count=0
skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}
check() {
    count=$((count + 1))
    if (cd "$work" && "$1") >"$work/log" 2>&1; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        sed 's/^/# /' "$work/log"
    fi
}

# Installs to a prefix that is this folder, so that nothing needs to be told where it is.
libasl_is_installed() {
    DESTDIR=$work/root meson install -C "$build" --no-rebuild || return 1
    pc=$(find "$work/root" -name asl.pc)
    prefix=$(sed -n 's/^prefix=//p' "$pc")
    sed -i "s|^prefix=.*|prefix=$work/root$prefix|" "$pc" "${pc%asl.pc}asl-jsonata.pc"
    ln -s "${pc%/*}" "$work/pkgconfig"
    so=$(find "$work/root" -name libasl.so)
    ln -s "${so%/*}" "$work/lib"
    ln -s "$work/root$prefix/bin/asl" "$work/asl"
}

same() {
    [ "$1" = "$2" ] || { echo "got '$1', expected '$2'"; return 1; }
}

# Runs what a page shows in its blocks for a shell: the lines that match.
shown() {
    sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$source/docs/$1" | grep -e "$2" >shown &&
        PATH=$work:$PATH sh -e ./shown
}

# The library's file, its soname, asl.pc, the command and asl_version() speak of one version; a
# program asks for the major version only.
versions_agree() {
    same "$(pkg-config --modversion asl)" "$version" &&
        same "$("$work/asl" --version)" "asl $version" &&
        same "$(basename "$(readlink -f "$work/lib/libasl.so")")" "libasl.so.$version" &&
        same "$(objdump -p "$work/lib/libasl.so" | awk '$1 == "SONAME" {print $2}')" libasl.so.0 &&
        printf '#include <stdio.h>\n#include <asl.h>\nint main(void) { puts(asl_version()); }\n' \
            >program.c && shown embedding.md '^cc' && objdump -p a.out | grep -q 'NEEDED *libasl.so.0$' &&
        same "$(./a.out)" "$version"
}

a_provider_works_in_a_program() {
    cp -r "$source/conformance/outside/provider" . && cd provider && ${MAKE-make} CC="${CC-cc}" &&
        same "$(./files_run note.asl.json '{"name": "n", "text": "hi"}')" 'SUCCEEDED "hi" ' &&
        same "$(cat n)" hi &&
        same "$(./files_run note.asl.json '{"name": "../n", "text": "hi"}')" \
            'FAILED Files.BadName Name must be that of a file'
}

a_provider_works_as_a_plug_in() {
    cd provider && rm -f n files.so && same "$(shown writing-a-provider.md .)" '"hi"' &&
        same "$(cat n)" hi
}

a_store_obeys() {
    cp -r "$source/conformance/outside/store" . && cd store &&
        ${MAKE-make} CC="${CC-cc}" SUITE="$source" && ./file_store_test >tap || { cat tap; return 1; }
    ! grep '^not ok' tap && grep -q 'an_execution_goes_on_when_the_store_is_opened_again' tap
}

jsonata_works_without_the_rest() {
    ${CC-cc} "$source/examples/jsonata/jsonata.c" $(pkg-config --cflags asl-jsonata) \
        $(pkg-config --libs asl-jsonata) -o jsonata && same "$(./jsonata)" '20.00 EUR' &&
        ! objdump -p jsonata | grep -q 'NEEDED *libasl.so'
}

a_program_may_bring_its_own_malloc() {
    ${CC-cc} "$source/conformance/outside/allocator/counted.c" \
        $(pkg-config --cflags asl) $(pkg-config --libs asl) -o counted && ./counted
}

a_project_may_have_libasl_as_its_subproject() {
    mkdir -p sub/subprojects && cp "$source/conformance/outside/subproject/meson.build" \
        "$source/examples/hello/hello.c" sub && ln -s "$source" sub/subprojects/asl &&
        PKG_CONFIG_PATH= meson setup --wrap-mode=forcefallback --buildtype=plain sub/build sub &&
        ninja -C sub/build hello && same "$(LD_LIBRARY_PATH= sub/build/hello)" '"Hello, Ada!"'
}

if nm -D "$build/libasl.so" | grep -q -E '__(asan|ubsan|tsan)'; then
    echo '1..0 # SKIP a build with sanitizers is not for others'
    exit 0
fi
export PKG_CONFIG_PATH="$work/pkgconfig" LD_LIBRARY_PATH="$work/lib"
cases='libasl_is_installed versions_agree a_provider_works_in_a_program
    a_provider_works_as_a_plug_in a_store_obeys jsonata_works_without_the_rest
    a_program_may_bring_its_own_malloc
    a_project_may_have_libasl_as_its_subproject'
echo "1..$(echo "$cases" | wc -w)"
for name in $cases; do
    case $name in
    *provider* | *store*)
        if ! command -v "${MAKE-make}" >/dev/null; then
            skip "$name" 'there is no make'
            continue
        fi
        ;;
    esac
    check "$name"
done
