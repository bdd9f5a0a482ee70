#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# clang-tidy with the repository's .clang-tidy over a build folder's compile commands: tests/tidy.sh BUILD [PATH-REGEX].
# Minutes long, so it is no CTest test; run it before a change is called done.
set -eu
cd "$(dirname "$0")/.."
build=${1:?usage: tests/tidy.sh BUILD-FOLDER [PATH-REGEX]}
only=${2:-(core|collectors|ui|app)/.*\.cpp$}
command -v run-clang-tidy-14 >/dev/null || { echo "clang-tidy is not installed (apt-get install clang-tidy)"; exit 77; }
exec run-clang-tidy-14 -quiet -p "$build" -j "$(nproc)" "$(pwd)/$only"
