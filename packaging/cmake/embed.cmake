# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run by netopsy_embed at build time: writes one C++ file that holds the named files as byte arrays.
string(REPLACE "|" ";" names "${NAMES}")
set(arrays "")
set(table "")
set(index 0)
foreach(name IN LISTS names)
  file(READ "${BASE}/${name}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char d${index}[] = {${bytes}0};\n")
  string(APPEND table "    {\"${name}\", {reinterpret_cast<const char*>(d${index}), sizeof d${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${OUT}" "#include \"resources/resources.h\"
#include <array>
namespace netopsy {
namespace {
${arrays}
struct Entry { std::string_view name, bytes; };
const std::array<Entry, ${index}> table{{
${table}}};
} // namespace
std::string_view resource(std::string_view name) {
    for (const Entry& e : table)
        if (e.name == name)
            return e.bytes;
    return {};
}
std::vector<std::string_view> resourceNames() {
    std::vector<std::string_view> names;
    for (const Entry& e : table)
        names.push_back(e.name);
    return names;
}
} // namespace netopsy
")
