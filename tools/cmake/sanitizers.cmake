# Switched on by the presets dev and tsan; applies to everything that is compiled here.
if(SIGNET_SANITIZE)
  add_compile_options(-fsanitize=${SIGNET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1
    -fno-sanitize=null,object-size,vptr)  # AddressSanitizer sees what comes of these; a quarter of a build.
  add_link_options(-fsanitize=${SIGNET_SANITIZE})
  # Each process would begin with 192,000 relocations, most of them of tables for these sanitizers.
  add_compile_options(-fno-pie)
  add_link_options(-no-pie)
  find_program(SIGNET_LLD ld.lld)
  if(SIGNET_LLD)  # A third of the time for each of some hundred programs.
    add_link_options(-fuse-ld=lld)
  endif()
endif()

# These presets compile by clang, which takes a quarter less time for it than GCC; and of AddressSanitizer's
# the libraries are libFuzzer's at once, which follows what an input reaches there.
set(SIGNET_FUZZ OFF)
set(follow_inputs "")
if(SIGNET_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-fsized-deallocation)  # As GCC does by default, and says what is on:
  if(SIGNET_SANITIZE MATCHES address)
    set(SIGNET_FUZZ ON)
    set(follow_inputs -fsanitize=fuzzer-no-link)
    add_compile_definitions(__SANITIZE_ADDRESS__)
  else()
    add_compile_definitions(__SANITIZE_THREAD__)
  endif()
endif()
