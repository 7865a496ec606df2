// Where a broker and signetctl find each other, unless they are told otherwise.
#pragma once

#include <string_view>

namespace signet {

// Its folder is what a service manager makes for the broker; without one there is no socket.
inline constexpr std::string_view kControlSocket = "/run/signet/signetctl.sock";

}  // namespace signet
