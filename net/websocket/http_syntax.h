// The few rules of HTTP/1.1 (RFC 9110, 9112) that the opening of a WebSocket needs, each as a
// function over one line without its CRLF. They are strict where two readers of one request could
// disagree about what it says: that is how requests are smuggled past a proxy. Views borrow from
// the line.
#pragma once

#include <optional>
#include <string_view>

namespace signet::websocket {

struct HttpRequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
};

// Three words with one blank between them: a token, visible characters, and HTTP/D.D.
std::optional<HttpRequestLine> ParseHttpRequestLine(std::string_view line);

struct HttpField {
  std::string_view name;
  std::string_view value;  // Without the blanks around it.
};

// A token, a colon directly behind it, and a value without control characters. A line that begins
// with a blank would have continued the one before (obs-fold), and is none.
std::optional<HttpField> ParseHttpField(std::string_view line);

// What a Host field may hold: a name or an address, and perhaps a port; not nothing.
bool IsHttpHost(std::string_view value);

// RFC 9110, 5.6.2: what methods and names of fields consist of.
bool IsTokenCharacter(char character);

// Letters of ASCII alone.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// Whether one element of a comma-separated list is `element`; the list may have empty ones.
bool ListHolds(std::string_view list, std::string_view element,
               bool (*equals)(std::string_view, std::string_view));

}  // namespace signet::websocket
