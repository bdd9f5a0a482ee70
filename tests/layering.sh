#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Holds the table of arrows true: no folder may include what it must never know. With --self-test it also proves that
# it can fail, by planting each forbidden include in a copy.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

# check TREE: prints offending lines; non-zero when there are any.
check() {
    bad=0
    forbid() { # FOLDER EXCEPT-PATH REGEX
        found=$(cd "$1" && grep -rnE "#[[:space:]]*include[[:space:]]*[<\"]($4)" "$2" --include='*.h' --include='*.cpp' --include='*.c' |
            grep -v "^$3" || true)
        if [ -n "$found" ]; then
            printf '%s must not include this:\n%s\n' "$2" "$found"
            bad=1
        fi
    }
    none='no-such-path/'
    forbid "$1" core "$none" 'Q[A-Z]|Qt|qcustomplot|libssh|sys/socket|netinet/|arpa/|netdb|poll\.h|unistd|thread|mutex|condition_variable|future|stop_token|ctime|time\.h|sys/time|spawn|collectors/|ui/|app/'
    forbid "$1" core core/store/ 'sqlite3|zstd|fcntl|sys/stat'
    forbid "$1" collectors "$none" 'QtGui|QtWidgets|QWidget|QApplication|QGuiApplication|QPainter|QPixmap|QImage|qcustomplot|ui/|app/'
    forbid "$1" ui "$none" 'libssh|sqlite3|collectors/|core/store/|QtNetwork|QNetwork|QTcp|QSsl|app/'
    forbid "$1" resources "$none" 'core/|collectors/|ui/|app/|Q[A-Z]'
    return $bad
}

check "$root" || exit 1
[ "${1:-}" = --self-test ] || exit 0

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
for case in 'core/base QString' 'core/parse thread' 'core/analysis collectors/run/plan.h' 'core/model sqlite3.h'     'collectors/ssh QWidget' 'collectors/run ui/session.h' 'ui/views libssh/libssh.h' 'ui/models core/store/case_file.h'     'ui/widgets collectors/run/plan.h'; do
    folder=${case% *} include=${case#* }
    rm -rf "$copy/tree"
    mkdir -p "$copy/tree"
    (cd "$root" && cp -r core collectors ui resources "$copy/tree/")
    printf '#include <%s>\n' "$include" > "$copy/tree/$folder/planted.h"
    if check "$copy/tree" > /dev/null; then
        echo "a forbidden include went unnoticed: <$include> in $folder"
        exit 1
    fi
done
echo "the arrows hold, and each planted breach was found"
