// ScramServer: the server's side of one exchange of SCRAM-SHA-256 (RFC 5802, RFC 7677), as text:
//
//   client-first-message   Begin()       whose credential is wanted
//   server-first-message   Challenge()   `r=…,s=…,i=…`
//   client-final-message   Finish()
//   server-final-message                 `v=…`
//
// in this order, each once. No I/O, no randomness of its own; used on one thread.
#pragma once

#include <string>
#include <string_view>

#include "auth/password/hmac_sha256.h"
#include "auth/password/scram_credential.h"
#include "auth/password/scram_message.h"
#include "core/base/expected.h"

namespace signet::auth {

class ScramServer {
 public:
  // Of Finish(): everything is in order, but for the password.
  static constexpr std::string_view kWrongProof = "the password is wrong, or nobody has that name";

  ScramServer() = default;
  ScramServer(const ScramServer&) = delete;
  ScramServer& operator=(const ScramServer&) = delete;
  ~ScramServer();

  // The name of who wants to come in.
  Expected<std::string, ScramFlaw> Begin(std::string_view client_first);
  // With the credential of that user. `nonce` is our part of it: fresh, such as nobody can foresee,
  // and printable ASCII without commas.
  std::string Challenge(const ScramCredential& credential, std::string_view nonce);
  // The client has proven that it knows the password, and what is returned proves to it that we
  // know its credential.
  Expected<std::string, ScramFlaw> Finish(std::string_view client_final);

 private:
  std::string channel_binding_;  // As client-final-message has to repeat it.
  std::string client_first_bare_;
  std::string nonce_;  // The client's, then both.
  std::string server_first_;
  Sha256Hash stored_key_{};
  Sha256Hash server_key_{};
};

}  // namespace signet::auth
