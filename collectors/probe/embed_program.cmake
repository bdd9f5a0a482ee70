# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run at build time: writes one C++ file that holds netopsy-probe's bytes and their SHA-256.
file(READ "${PROGRAM}" hex HEX)
file(SHA256 "${PROGRAM}" sha256)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE "${OUT}" "#include \"collectors/probe/program.h\"
namespace netopsy::probe {
namespace {
constexpr unsigned char data[] = {${bytes}};
}
const Program& program() {
    static const Program instance{\"${ARCH}\", {reinterpret_cast<const char*>(data), sizeof data}, \"${sha256}\"};
    return instance;
}
} // namespace netopsy::probe
")
