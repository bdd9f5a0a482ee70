# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# netopsy_embed(TARGET file...): compiles files into TARGET; netopsy::resource("rules/dns.yaml") gives their bytes.
# Core has no Qt, so Qt's resource system is out of its reach.
include_guard()

function(netopsy_embed target)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${target}_data.cpp")
  list(JOIN ARGN "|" names)
  add_custom_command(OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" "-DOUT=${out}" "-DBASE=${CMAKE_CURRENT_SOURCE_DIR}" "-DNAMES=${names}"
            -P "${CMAKE_SOURCE_DIR}/packaging/cmake/embed.cmake"
    DEPENDS ${ARGN} "${CMAKE_SOURCE_DIR}/packaging/cmake/embed.cmake"
    VERBATIM)
  target_sources(${target} PRIVATE "${out}")
endfunction()
