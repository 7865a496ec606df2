# Debian's packages, found by name; tools/setup installs them. Nothing is vendored.
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(fmt 9.1 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
if(BUILD_TESTING)
  find_package(GTest 1.12 REQUIRED)
  find_package(benchmark 1.7 REQUIRED)
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(uring REQUIRED IMPORTED_TARGET liburing>=2.3)
# The OpenSSL flavour; 7.87 is the first that can leave a slow name to its thread.
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl>=7.87)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib>=0.11)
# Without its -pthread, with which no header is precompiled for others.
pkg_check_modules(re2 REQUIRED re2)
add_library(signet::re2 INTERFACE IMPORTED)
target_link_libraries(signet::re2 INTERFACE ${re2_LINK_LIBRARIES} Threads::Threads)
pkg_check_modules(yaml_cpp REQUIRED IMPORTED_TARGET yaml-cpp>=0.7)

# signet::wolfssl is the static library that tools/setup builds. A packager may say
# -DSIGNET_WOLFSSL=system for the distribution's own, or name another folder with include/ and lib/.
# Its options.h comes before all else in what uses it: with others, structures differ in silence.
# Static, it shows none of its names; six of them are also OpenSSL's, which libcurl brings along.
set(SIGNET_WOLFSSL ${CMAKE_SOURCE_DIR}/build/deps/wolfssl CACHE STRING "A folder, or `system`")
if(SIGNET_WOLFSSL STREQUAL "system")
  pkg_check_modules(wolfssl REQUIRED IMPORTED_TARGET wolfssl>=5.7.2)
  target_compile_options(PkgConfig::wolfssl INTERFACE "SHELL:-include wolfssl/options.h")
  add_library(signet::wolfssl ALIAS PkgConfig::wolfssl)
elseif(EXISTS ${SIGNET_WOLFSSL}/lib/libwolfssl.a)
  file(STRINGS ${SIGNET_WOLFSSL}/include/wolfssl/options.h siphash REGEX "define WOLFSSL_SIPHASH$")
  if(NOT siphash)
    message(FATAL_ERROR "The wolfSSL in ${SIGNET_WOLFSSL} lacks something: run ./tools/setup, which builds it anew.")
  endif()
  add_library(signet::wolfssl STATIC IMPORTED)
  set_target_properties(signet::wolfssl PROPERTIES
    IMPORTED_LOCATION ${SIGNET_WOLFSSL}/lib/libwolfssl.a
    INTERFACE_INCLUDE_DIRECTORIES ${SIGNET_WOLFSSL}/include
    INTERFACE_COMPILE_OPTIONS "SHELL:-include wolfssl/options.h"
    INTERFACE_LINK_LIBRARIES "m;Threads::Threads"
    INTERFACE_LINK_OPTIONS LINKER:--exclude-libs,libwolfssl.a)
else()
  message(FATAL_ERROR "There is no wolfSSL in ${SIGNET_WOLFSSL}: run ./tools/setup, which builds it.")
endif()
