# Switched on by the presets dev, tsan and fuzz; applies to everything that is compiled here.
if(SIGNET_SANITIZE)
  add_compile_options(-fsanitize=${SIGNET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1
    -fno-sanitize=null,object-size,vptr)  # AddressSanitizer sees what comes of these; a quarter of a build.
  # Whether accesses are aligned is a sixth of what is left, and clang asks it of the same libraries.
  if(NOT SIGNET_FUZZ)
    add_compile_options(-fno-sanitize=alignment)
  endif()
  add_link_options(-fsanitize=${SIGNET_SANITIZE})
  find_program(SIGNET_LLD ld.lld)
  if(SIGNET_LLD)  # A third of the time for each of some hundred programs.
    add_link_options(-fuse-ld=lld)
  endif()
endif()

# libFuzzer follows which code an input reaches, in the libraries as well as in its targets. Sized
# deallocation is what GCC does by default.
if(SIGNET_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link -fsized-deallocation -Wno-unknown-warning-option)
endif()
