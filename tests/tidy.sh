#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# clang-tidy with the repository's .clang-tidy: tests/tidy.sh [PATH-REGEX]. It has a build folder of its own, for clang
# can't read GCC's precompiled headers. Minutes long, so it is no CTest test; run it before a change is called done.
set -eu
cd "$(dirname "$0")/.."
only=${1:-(core|collectors|ui|app)/.*\.cpp$}
command -v run-clang-tidy-14 >/dev/null || { echo "clang-tidy is not installed (apt-get install clang-tidy)"; exit 77; }
build=build/tidy
cmake --preset dev -B "$build" -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
    -DBUILD_TESTING=OFF >/dev/null
# What is generated: moc's files and the embedded resources.
ninja -C "$build" -t targets all | sed -n 's/^\([^:/]*_autogen\|netopsy_resources\): phony$/\1/p' |
    xargs cmake --build "$build" --target >/dev/null || { echo "the build failed: cmake --build $build tells" >&2; exit 1; }
exec run-clang-tidy-14 -quiet -p "$build" -j "$(nproc)" -extra-arg=-Wno-unknown-warning-option "$(pwd)/$only"
