# What most sources include is parsed once for all targets that are compiled with the same options:
# precompiled, where sources are compiled in batches (batches.cmake), for a build from nothing. That
# each source includes them all the same is for tests/tidy/headers.cc.

set(common_headers <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstring> <deque> <filesystem>
  <fstream> <functional> <map> <memory> <new> <optional> <set> <span> <string> <string_view> <utility>
  <variant> <vector> <fmt/format.h> <absl/container/flat_hash_map.h> <absl/functional/any_invocable.h>)
set(common_libraries absl::any_invocable absl::flat_hash_map fmt::fmt)

# make_common_headers(NAME OPTIONS TARGET...): precompiled with these options, for these targets.
function(make_common_headers name options)
  if("-O0" IN_LIST options)  # Tests.
    list(APPEND common_headers <gtest/gtest.h>)
    list(APPEND common_libraries GTest::gtest)
  endif()
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/common_headers.cc)
  set_target_properties(${name} PROPERTIES COMPILE_OPTIONS "${options}")
  target_link_libraries(${name} PRIVATE signet_warnings ${common_libraries})
  target_precompile_headers(${name} PRIVATE ${common_headers})
  foreach(target ${ARGN})
    target_precompile_headers(${target} REUSE_FROM ${name})
    foreach(library ${common_libraries})  # It is used only where the same macros are defined.
      target_compile_definitions(${target} PRIVATE
        $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
      target_compile_options(${target} PRIVATE
        $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_OPTIONS>)
    endforeach()
  endforeach()
endfunction()

# precompile_common_headers(TARGET...)
function(precompile_common_headers)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/common_headers.cc CONTENT "")  # Not anew where it is there.
  set(variants "")
  foreach(target ${ARGN})
    get_target_property(options ${target} COMPILE_OPTIONS)
    if(NOT options)
      set(options "")
    endif()
    string(MD5 variant "${options}")
    list(APPEND variants ${variant})
    set(options_${variant} ${options})
    list(APPEND targets_${variant} ${target})
  endforeach()

  list(REMOVE_DUPLICATES variants)
  foreach(variant ${variants})
    list(LENGTH targets_${variant} users)
    if(users GREATER 2)  # With fewer it costs more than it saves.
      make_common_headers(common_headers_${variant} "${options_${variant}}" ${targets_${variant}})
    endif()
  endforeach()
endfunction()
