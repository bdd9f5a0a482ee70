# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run at build time: writes one C++ file that holds each netopsy-probe's bytes and their SHA-256.
set(arrays "")
set(entries "")
foreach(program arch IN ZIP_LISTS PROGRAMS ARCHES)
  file(READ "${program}" hex HEX)
  file(SHA256 "${program}" sha256)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char ${arch}[] = {${bytes}};\n")
  string(APPEND entries
    "        {\"${arch}\", {reinterpret_cast<const char*>(${arch}), sizeof ${arch}}, \"${sha256}\"},\n")
endforeach()
file(WRITE "${OUT}" "#include \"collectors/probe/program.h\"
namespace netopsy::probe {
namespace {
${arrays}}
std::span<const Program> programs() {
    static const Program all[] = {
${entries}    };
    return all;
}
} // namespace netopsy::probe
")
