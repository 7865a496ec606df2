// ClientIdPattern: the Client Identifiers that a rule lets connect, such as {principal.username}-*.
// '*' stands for any text, none included; a token for what the client has there, which is data: a
// '*' in it is just that character.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/token.h"

namespace signet::auth {

class ClientIdPattern {
 public:
  explicit ClientIdPattern(std::string_view text);

  // What every Client Identifier that matches begins with.
  std::string_view prefix() const;
  // And ends with.
  std::string_view suffix() const;
  // And has somewhere, those included; none of them is empty.
  std::vector<std::string_view> texts() const;
  // Names of attributes: without one of them a client has no name that matches.
  std::vector<std::string_view> attributes() const;
  // Whether it is one text, as a whole.
  bool is_exact() const { return parts_.size() == 1 && IsText(parts_.front()); }
  // Whether it is one text with anything around it: *TEXT*.
  bool is_anywhere() const {
    return parts_.size() == 3 && parts_.front().empty() && IsText(parts_[1]) &&
           parts_.back().empty();
  }

  bool Matches(const Client& client) const;

  size_t bytes() const;

 private:
  struct Piece {
    std::string text;  // Of a token, what stands in its braces.
    bool is_token;
  };
  using Part = std::vector<Piece>;  // Between two '*'.

  static bool IsText(const Part& part) { return part.size() == 1 && !part.front().is_token; }
  static Part Parse(std::string_view text);
  // What it stands for, for this client: of several pieces, in `joined`.
  static std::optional<std::string_view> Fill(const Piece& piece, const Client& client);
  static std::optional<std::string_view> Fill(const Part& part, const Client& client,
                                              std::string* joined);

  std::vector<Part> parts_;  // One more than there are '*'.
};

}  // namespace signet::auth
