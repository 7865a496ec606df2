# One list of warnings for every target of ours.
add_library(signet_warnings INTERFACE)
target_compile_options(signet_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
  -Wno-missing-field-initializers
  # GCC 12 sees ghosts where absl::InlinedVector is moved.
  -Wno-maybe-uninitialized
  # And here in "literal" + std::to_string(number).
  -Wno-restrict
  # And where two vectors of bytes are compared: it believes that one could hold 2^63 of them.
  -Wno-stringop-overread
  # None of which clang knows.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-unknown-warning-option>)
if(SIGNET_WERROR)
  target_compile_options(signet_warnings INTERFACE -Werror)
endif()
