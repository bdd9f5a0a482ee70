# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# netopsy_flags(TARGET): warnings as errors and hardening, for our own code only.
include_guard()

add_library(netopsy_flags_interface INTERFACE)
target_compile_options(netopsy_flags_interface INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wextra-semi>
  $<$<BOOL:${NETOPSY_WERROR}>:-Werror>
  -fstack-protector-strong -fstack-clash-protection)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12, optimising, takes the value of an empty std::optional for used; the sanitizers' build checks for real.
  target_compile_options(netopsy_flags_interface INTERFACE -Wno-maybe-uninitialized)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
  target_compile_options(netopsy_flags_interface INTERFACE -fcf-protection)
endif()
if(NOT NETOPSY_SANITIZE)
  # _FORTIFY_SOURCE needs optimisation and gets in a sanitizer's way.
  target_compile_options(netopsy_flags_interface INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
endif()
target_link_options(netopsy_flags_interface INTERFACE -Wl,-z,relro -Wl,-z,now)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(NETOPSY_SANITIZE "" CACHE STRING "Sanitizers for every target, e.g. address,undefined")
if(NETOPSY_SANITIZE)
  add_compile_options(-fsanitize=${NETOPSY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${NETOPSY_SANITIZE})
endif()

function(netopsy_flags target)
  target_link_libraries(${target} PRIVATE netopsy_flags_interface)
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
endfunction()
