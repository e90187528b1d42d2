#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Can a stranger build on what is installed? Installs into an empty folder and compiles examples/hello
# there, out of this tree, with what pkg-config says. Prints TAP.
# Usage: install_test.sh SOURCE_DIR BUILD_DIR
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case_number=0
check() {
    case_number=$((case_number + 1))
    if "$@" >"$work/log" 2>&1; then
        echo "ok $case_number - $1"
    else
        echo "not ok $case_number - $1"
        sed 's/^/# /' "$work/log"
    fi
}

install_works() {
    DESTDIR=$work/root meson install -C "$build" --no-rebuild
}

hello_compiles_out_of_tree() {
    pc=$(find "$work/root" -name asl.pc)
    export PKG_CONFIG_PATH="${pc%/*}"
    flags=$(PKG_CONFIG_SYSROOT_DIR=$work/root pkg-config --cflags --libs asl) &&
        cd "$work" && cp "$source/examples/hello/hello.c" . &&
        ${CC-cc} hello.c $flags -o hello
}

hello_runs_with_the_installed_library() {
    so=$(find "$work/root" -name libasl.so)
    [ "$(LD_LIBRARY_PATH=${so%/*} "$work/hello")" = '"Hello, Ada!"' ]
}

the_command_is_installed_and_needs_no_library_of_ours() {
    asl=$(find "$work/root" -name asl -path '*/bin/*')
    "$asl" --version && ! ldd "$asl" | grep libasl
}

if nm -D "$build/libasl.so" | grep -q -E '__(asan|ubsan|tsan)'; then
    echo '1..0 # SKIP a build with sanitizers is not for others'
    exit 0
fi
echo 1..4
check install_works
check hello_compiles_out_of_tree
check hello_runs_with_the_installed_library
check the_command_is_installed_and_needs_no_library_of_ours
