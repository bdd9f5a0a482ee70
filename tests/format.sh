#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every source file stands as .clang-format has it, and carries its licence line. `tests/format.sh --fix` mends the first.
set -eu
cd "$(dirname "$0")/.."
command -v clang-format >/dev/null || { echo "clang-format is not installed: skipped"; exit 77; }
files=$(git ls-files -co --exclude-standard '*.h' '*.cpp' '*.c')
if [ "${1:-}" = --fix ]; then
    clang-format -i $files
    exit 0
fi
status=0
unformatted=$(clang-format --dry-run $files 2>&1 | sed -n "s/^\([^:]*\):.*clang-format-violations.*/\1/p" | sort -u)
[ -z "$unformatted" ] || {
    printf "not as .clang-format has it (tests/format.sh --fix mends it): %s\n" $unformatted
    status=1
}
for file in $files $(git ls-files '*.sh' '*CMakeLists.txt' '*.cmake' packaging/run tests/run tests/lab/lab .ci/run); do
    head -n 5 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || {
        echo "$file: the SPDX licence line is missing"
        status=1
    }
done
exit $status
