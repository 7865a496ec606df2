# A target is one line: the sources are what lies in its folder.

# signet_library(NAME [DEPS ...]): every .cc of the current folder.
function(signet_library name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc *.h)
  add_library(${name} STATIC ${sources})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE signet_warnings)
endfunction()

# signet_test(NAME [DEPS ...]): every *_test.cc of the current folder, as one program known to CTest,
# with the labels of `test_labels`.
function(signet_test name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *_test.cc)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gtest_main signet_warnings)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${test_labels}")
endfunction()

# leave_out_under(SANITIZER TEST CASES): what a sanitizer, `address` or `thread`, would learn nothing from for
# what it costs; as GTEST_FILTER has them, with a ':' between patterns.
function(leave_out_under sanitizer test cases)
  if(SIGNET_SANITIZE MATCHES ${sanitizer})
    set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT GTEST_FILTER=-${cases})
  endif()
endfunction()

# signet_bench(NAME SOURCE [DEPS ...]): a Google Benchmark program, which CTest runs for a moment.
function(signet_bench name source)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} benchmark::benchmark_main signet_warnings)
  add_test(NAME ${name} COMMAND ${name} --benchmark_min_time=0.001)
endfunction()
