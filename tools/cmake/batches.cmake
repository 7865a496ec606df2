# -DSIGNET_BATCH=N compiles up to N sources of a target as one, which takes half of the processor time
# of a build from nothing, and more of it after a small change. Sources that would see a name of each
# other stay apart (tools/cmake/batches), so that nothing needs to be written with this in mind; and
# what most of them include is compiled once (common_headers.cmake), unless there is a cache of objects,
# which knows none that were compiled so elsewhere. That each source includes what it needs, though
# nobody would notice, is for tests/tidy/headers.cc.
set(SIGNET_BATCH 1 CACHE STRING "How many sources of a target are compiled as one")

# targets_below(FOLDER OUT): all that are built in FOLDER and below.
function(targets_below folder out)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder ${subfolders})
    targets_below(${subfolder} more)
    list(APPEND targets ${more})
  endforeach()
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

# Tells the script of every target and its sources, and does what it answers.
function(compile_in_batches)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  targets_below(${CMAKE_SOURCE_DIR} targets)
  set(lines "")
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(type MATCHES "^(EXECUTABLE|STATIC_LIBRARY)$")
      get_target_property(folder ${target} SOURCE_DIR)
      get_target_property(sources ${target} SOURCES)
      list(JOIN sources " " sources)
      string(APPEND lines "${target} ${folder} ${sources}\n")
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
      list(APPEND compiled ${target})
    endif()
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/batches.in "${lines}")
  execute_process(COMMAND_ERROR_IS_FATAL ANY
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/cmake/batches ${SIGNET_BATCH}
    INPUT_FILE ${CMAKE_BINARY_DIR}/batches.in OUTPUT_FILE ${CMAKE_BINARY_DIR}/batches.cmake)
  include(${CMAKE_BINARY_DIR}/batches.cmake)
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
    precompile_common_headers(${compiled})
  endif()
endfunction()

if(SIGNET_BATCH GREATER 1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # Up to a gigabyte each, of which to collect garbage is a tenth.
    add_compile_options(--param=ggc-min-expand=10000 --param=ggc-min-heapsize=2000000)
  endif()
  cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL compile_in_batches)
endif()
