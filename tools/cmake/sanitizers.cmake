# Switched on by the presets dev and tsan; applies to everything that is compiled here.
if(SIGNET_SANITIZE)
  add_compile_options(-fsanitize=${SIGNET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1)
  add_link_options(-fsanitize=${SIGNET_SANITIZE})
endif()
