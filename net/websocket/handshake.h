// Handshake: the HTTP/1.1 request that opens a WebSocket (RFC 6455, 4.2), read from pieces of any
// size and answered. Any path will do (MQTT 5, 6); the subprotocol is "mqtt"; no extension is
// agreed to, compression least of all. It is checked line by line, so that what is no request is
// refused before its end. Used on the thread of its connection alone, and given up once it is
// answered.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "net/websocket/http_syntax.h"

namespace signet {

// What a port says about its WebSockets. Const once made; shards share it.
struct WebSocketSettings {
  // Origins whose pages may come here, as browsers write them: "https://example.com:8443". Letter
  // case makes no difference. Empty: all of them. Who sends no Origin is no browser and is let in.
  std::vector<std::string> allowed_origins;
};

}  // namespace signet

namespace signet::websocket {

class Handshake {
 public:
  // The whole request, ends of lines included. More is refused with 431.
  static constexpr size_t kMaxRequestBytes = 8192;
  // Fields of the request; a browser behind two proxies sends some thirty. More: 431.
  static constexpr size_t kMaxFields = 64;
  // The value of a field that is kept until the end of the request: Host, Origin. More: 431.
  static constexpr size_t kMaxValueBytes = 512;

  enum class State : uint8_t { kReading, kAccepted, kRefused };

  explicit Handshake(std::shared_ptr<const WebSocketSettings> settings);

  // Takes bytes off the front. What lies behind the request of an accepted one stays, and belongs
  // to the frames; nothing is received after a refusal.
  State Receive(ByteView* bytes);

  // What goes to the peer, once the state is no longer kReading. Nothing, if it speaks no HTTP.
  std::string_view response() const { return response_; }
  // kRefused: the reason, for the log.
  const std::string& sentence() const { return sentence_; }

 private:
  // Fields that stand in a request at most once: two of them would be read differently by different
  // readers.
  enum Single : uint8_t { kHost, kKey, kVersion, kOrigin, kContentLength, kSingles };

  void OnFirstByte(uint8_t byte);
  void OnLine(std::string_view line);
  void OnRequestLine(std::string_view line);
  void OnField(const HttpField& field);
  void OnSingle(Single which, std::string_view value);
  void OnEnd();
  void Accept();
  // `why` goes to the peer as well, `detail` to the log alone; it is escaped already.
  void Refuse(int status, std::string_view why, std::string_view detail = "");
  // Without an answer: whoever is there does not speak HTTP.
  void TurnAway(std::string sentence);
  void Keep(ByteView part);

  std::shared_ptr<const WebSocketSettings> settings_;
  State state_ = State::kReading;
  bool upgrades_to_websocket_ = false;
  bool connection_says_upgrade_ = false;
  bool offers_mqtt_ = false;
  size_t received_ = 0;        // Bytes of the request.
  size_t lines_ = 0;           // Whole ones.
  std::vector<uint8_t> line_;  // The beginning of one that is not whole yet.
  std::array<std::optional<std::string>, kSingles> singles_;
  std::string response_;
  std::string sentence_;
};

}  // namespace signet::websocket
