// RFC 6455, 4.2: which requests open a WebSocket, and how the others are refused.
#include "net/websocket/handshake.h"

#include <gtest/gtest.h>

#include "tests/support/websocket_client.h"

namespace signet::websocket {
namespace {

// What came of a request.
struct Outcome {
  Handshake::State state = Handshake::State::kReading;
  std::string response;
  std::string sentence;
  size_t taken = 0;  // Bytes of what was sent.

  int status() const { return response.size() > 12 ? std::stoi(response.substr(9, 3)) : 0; }
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome OpenBy(std::string_view request, size_t piece = SIZE_MAX,
               const WebSocketSettings& settings = {}) {
  Handshake handshake(std::make_shared<WebSocketSettings>(settings));
  Outcome outcome;
  while (outcome.state == Handshake::State::kReading && !request.empty()) {
    const std::string copy(request.substr(0, piece));
    ByteView bytes = AsBytes(copy);
    outcome.state = handshake.Receive(&bytes);
    outcome.taken += copy.size() - bytes.size();
    request.remove_prefix(copy.size());
  }
  outcome.response = handshake.response();
  outcome.sentence = handshake.sentence();
  return outcome;
}

std::string With(std::string_view fields) {
  std::string request = OpeningRequest();
  return request.insert(request.size() - 2, fields);
}

std::string Replacing(std::string_view old_text, std::string_view new_text) {
  std::string request = OpeningRequest();
  const size_t at = request.find(old_text);
  CHECK(at != request.npos);
  return request.replace(at, old_text.size(), new_text);
}

// Refusals are the same however the request is cut.
int StatusOf(std::string_view request, const WebSocketSettings& settings = {}) {
  const Outcome whole = OpenBy(request, SIZE_MAX, settings);
  EXPECT_EQ(OpenBy(request, 1, settings).response, whole.response);
  return whole.status();
}

TEST(Handshake, AnswersTheExampleOfTheStandard) {
  const Outcome outcome = OpenBy(OpeningRequest());
  EXPECT_EQ(outcome.state, Handshake::State::kAccepted);
  EXPECT_EQ(outcome.response, OpeningAnswer());
  EXPECT_TRUE(outcome.sentence.empty());
}

TEST(Handshake, IsTheSameHoweverItIsCut) {
  const Outcome whole = OpenBy(OpeningRequest());
  for (size_t piece = 1; piece < OpeningRequest().size(); ++piece) {
    EXPECT_EQ(OpenBy(OpeningRequest(), piece), whole) << piece;
  }
}

TEST(Handshake, WaitsForTheEndOfTheRequest) {
  const std::string request = OpeningRequest();
  for (size_t size = 0; size < request.size(); ++size) {
    const Outcome outcome = OpenBy(request.substr(0, size));
    EXPECT_EQ(outcome.state, Handshake::State::kReading) << size;
    EXPECT_EQ(outcome.response, "");
  }
}

TEST(Handshake, LeavesWhatStandsBehindTheRequest) {
  const Outcome outcome = OpenBy(OpeningRequest() + "\x82\x80more");
  EXPECT_EQ(outcome.state, Handshake::State::kAccepted);
  EXPECT_EQ(outcome.taken, OpeningRequest().size());
}

TEST(Handshake, TakesAnyPath) {
  for (const std::string_view target :
       {"/", "/mqtt?token=1", "/a/b;c", "http://server.example.com/mqtt", "wss://other/"}) {
    EXPECT_EQ(StatusOf(Replacing("/mqtt", target)), 101) << target;
  }
  EXPECT_EQ(StatusOf(Replacing("/mqtt", "*")), 400);
  EXPECT_EQ(StatusOf(Replacing("/mqtt", "server.example.com:443")), 400);
}

TEST(Handshake, RefusesOtherMethods) {
  for (const std::string_view method : {"POST", "HEAD", "OPTIONS", "CONNECT", "get"}) {
    const Outcome outcome = OpenBy(Replacing("GET", method));
    EXPECT_EQ(outcome.status(), 405) << method;
    EXPECT_NE(outcome.response.find("\r\nAllow: GET\r\n"), std::string::npos);
  }
}

TEST(Handshake, RefusesOtherVersionsOfHttp) {
  for (const std::string_view version : {"HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0"}) {
    EXPECT_EQ(StatusOf(Replacing("HTTP/1.1", version)), 505) << version;
  }
  // What HTTP/2 opens with, when nothing has agreed to it.
  EXPECT_EQ(StatusOf("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf(Replacing("HTTP/1.1", "HTTP/1.2")), 101);
}

TEST(Handshake, RefusesAMalformedRequestLine) {
  for (const std::string_view line :
       {"GET", "GET /mqtt", "GET  /mqtt HTTP/1.1", "GET /mqtt  HTTP/1.1", "GET /mqtt HTTP/1.1 ",
        "GET /mq tt HTTP/1.1", "GET\t/mqtt\tHTTP/1.1", "GET /mqtt HTTP/1.10", "GET /mqtt http/1.1",
        "GET /mqtt HTTP/1,1", "GET /mqtt HTTP/x.1", "G(T /mqtt HTTP/1.1", "GET /\x7F HTTP/1.1",
        "GET /\xC3\xA9 HTTP/1.1", "GET /a\rb HTTP/1.1"}) {
    EXPECT_EQ(StatusOf(Replacing("GET /mqtt HTTP/1.1", line)), 400) << line;
  }
}

TEST(ParseHttpRequestLine, TellsItsThreeWordsApart) {
  const std::optional<HttpRequestLine> line = ParseHttpRequestLine("GET /mqtt HTTP/1.1");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->method, "GET");
  EXPECT_EQ(line->target, "/mqtt");
  EXPECT_EQ(line->version, "HTTP/1.1");
  EXPECT_FALSE(ParseHttpRequestLine("GET HTTP/1.1")) << "the same word twice";
}

TEST(Handshake, RequiresOneValidHost) {
  EXPECT_EQ(StatusOf(Replacing("Host: server.example.com\r\n", "")), 400);
  EXPECT_EQ(StatusOf(Replacing("server.example.com", "")), 400);
  EXPECT_EQ(StatusOf(Replacing("server.example.com", "a, b")), 400);
  EXPECT_EQ(StatusOf(Replacing("server.example.com", "user@host")), 400);
  EXPECT_EQ(StatusOf(With("Host: server.example.com\r\n")), 400);
  EXPECT_EQ(StatusOf(Replacing("server.example.com", "[2001:db8::7]:8080")), 101);
}

TEST(Handshake, FindsItsTokensInListsOfAnyCase) {
  EXPECT_EQ(StatusOf(Replacing("Upgrade: websocket", "UPGRADE:WebSocket")), 101);
  EXPECT_EQ(StatusOf(Replacing("Upgrade: websocket", "Upgrade: h2c, \twebsocket ,")), 101);
  EXPECT_EQ(StatusOf(Replacing("Upgrade: websocket", "Upgrade: h2c\r\nUpgrade: websocket")), 101);
  EXPECT_EQ(StatusOf(Replacing("Connection: Upgrade", "connection: keep-alive, uPGRADE")), 101);
  EXPECT_EQ(
      StatusOf(Replacing("Connection: Upgrade", "Connection: keep-alive\r\nConnection: upgrade")),
      101);
  EXPECT_EQ(StatusOf(Replacing("Connection: Upgrade", "Connection: Upgraded")), 400);
  EXPECT_EQ(StatusOf(Replacing("Connection: Upgrade\r\n", "")), 400);
}

TEST(Handshake, TellsWhoDoesNotAskForAWebSocketToAsk) {
  for (const std::string& request :
       {Replacing("Upgrade: websocket\r\n", ""), Replacing("Upgrade: websocket", "Upgrade: h2c"),
        Replacing("Upgrade: websocket", "Upgrade: websocket2")}) {
    const Outcome outcome = OpenBy(request);
    EXPECT_EQ(outcome.status(), 426);
    EXPECT_NE(outcome.response.find("\r\nUpgrade: websocket\r\n"), std::string::npos);
    EXPECT_NE(outcome.response.find("\r\nConnection: Upgrade, close\r\n"), std::string::npos);
  }
}

TEST(Handshake, SaysWhichVersionItKnows) {
  for (const std::string& request :
       {Replacing("Version: 13", "Version: 8"), Replacing("Version: 13", "Version: 013"),
        Replacing("Version: 13", "Version: 13, 8"),
        Replacing("Sec-WebSocket-Version: 13\r\n", "")}) {
    const Outcome outcome = OpenBy(request);
    EXPECT_EQ(outcome.status(), 426);
    EXPECT_NE(outcome.response.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos);
  }
  EXPECT_EQ(StatusOf(With("Sec-WebSocket-Version: 13\r\n")), 400);
}

TEST(Handshake, RequiresOneKeyOfSixteenBytes) {
  constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
  for (const std::string_view key :
       {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZQA=", "dGhlIHNhbXBsZSBub25jZQAA",
        "dGhlIHNhbXBs ZSBub25jQ==", "dGhlIHNhbXBsZSBub25j-Q==", "=GhlIHNhbXBsZSBub25jZQ=="}) {
    EXPECT_EQ(StatusOf(Replacing(kKey, key)), 400) << key;
  }
  EXPECT_EQ(StatusOf(Replacing("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "")), 400);
  EXPECT_EQ(StatusOf(With("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")), 400);
  EXPECT_EQ(StatusOf(Replacing(kKey, "+/+/+/+/+/+/+/+/+/+/+w==")), 101);
}

// [MQTT-6.0.0-3] [MQTT-6.0.0-4] MQTT 3.1.1: [MQTT-6.0.0-3] [MQTT-6.0.0-4]
TEST(Handshake, TakesTheSubprotocolMqttAlone) {
  const auto offering = [](std::string_view offered) {
    return Replacing("Protocol: mqtt", "Protocol: " + std::string(offered));
  };
  for (const std::string_view offered :
       {"mqtt", "mqttv3.1, mqtt", "mqtt,chat", ",mqtt,", "chat\r\nSec-WebSocket-Protocol: mqtt"}) {
    EXPECT_EQ(OpenBy(offering(offered)).response, OpeningAnswer()) << offered;
  }
  for (const std::string_view offered : {"", "mqttv3.1", "MQTT", "mqtt5", "mq tt", "\"mqtt\""}) {
    EXPECT_EQ(StatusOf(offering(offered)), 400) << offered;
  }
  EXPECT_EQ(StatusOf(Replacing("Sec-WebSocket-Protocol: mqtt\r\n", "")), 400);
}

TEST(Handshake, AgreesToNoExtension) {
  const std::string request = With(
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, bbf-usp-protocol\r\n");
  EXPECT_EQ(OpenBy(request).response, OpeningAnswer());
}

TEST(Handshake, LetsInWhoHasAnAllowedOriginOrNone) {
  const WebSocketSettings settings{.allowed_origins = {"https://a.example", "https://b.example:8"}};
  EXPECT_EQ(StatusOf(OpeningRequest(), settings), 101);
  EXPECT_EQ(StatusOf(With("Origin: https://a.example\r\n"), settings), 101);
  EXPECT_EQ(StatusOf(With("Origin: HTTPS://B.Example:8\r\n"), settings), 101);
  for (const std::string_view origin :
       {"http://a.example", "https://a.example.evil", "https://a.example:443", "null", "",
        "https://b.example", "https://a.example, https://b.example:8"}) {
    EXPECT_EQ(StatusOf(With("Origin: " + std::string(origin) + "\r\n"), settings), 403) << origin;
  }
}

TEST(Handshake, LetsInEveryOriginWithoutAList) {
  EXPECT_EQ(StatusOf(With("Origin: https://anywhere.example\r\n")), 101);
  EXPECT_EQ(StatusOf(With("Origin: a\r\nOrigin: b\r\n")), 400);
}

TEST(Handshake, EscapesAnOriginInTheLogAndKeepsItFromTheAnswer) {
  const WebSocketSettings settings{.allowed_origins = {"https://a.example"}};
  const Outcome outcome = OpenBy(With("Origin: \xFF\"<script>\r\n"), SIZE_MAX, settings);
  EXPECT_EQ(outcome.sentence,
            "the WebSocket was refused with HTTP status 403: this Origin is not allowed: "
            "\\xff\\\"<script>");
  EXPECT_EQ(outcome.response.find("script"), std::string::npos);
}

TEST(Handshake, RefusesWhatReadersCouldReadDifferently) {
  EXPECT_EQ(StatusOf(Replacing("com\r\n", "com\n")), 400) << "a bare LF";
  EXPECT_EQ(StatusOf("GET /mqtt HTTP/1.1\nHost: a\n\n"), 400) << "bare LFs";
  EXPECT_EQ(StatusOf(Replacing("com\r\n", "com\r\r\n")), 400) << "a bare CR";
  EXPECT_EQ(StatusOf(With("A: b\rC: d\r\n")), 400) << "a CR within a value";
  EXPECT_EQ(StatusOf(With("A: b\r\n c\r\n")), 400) << "a folded field";
  EXPECT_EQ(StatusOf(With("\tA: b\r\n")), 400) << "a folded field";
  EXPECT_EQ(StatusOf(With("A : b\r\n")), 400) << "a blank in front of the colon";
  EXPECT_EQ(StatusOf(With(": b\r\n")), 400) << "no name";
  EXPECT_EQ(StatusOf(With("A b\r\n")), 400) << "no colon";
  EXPECT_EQ(StatusOf(With(std::string_view("A: \0\r\n", 6))), 400) << "a zero";
  EXPECT_EQ(StatusOf(With("A: \x1B[2J\r\n")), 400) << "a control character";
  EXPECT_EQ(StatusOf(With("A\xC3\xA9: b\r\n")), 400) << "a name beyond ASCII";
  EXPECT_EQ(StatusOf(With("A: \xC3\xA9\tb\r\nB:\r\n")), 101)
      << "a value beyond ASCII, an empty one";
}

TEST(Handshake, RefusesABody) {
  EXPECT_EQ(StatusOf(With("Content-Length: 5\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Content-Length: 00\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Content-Length: 0\r\nContent-Length: 0\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Transfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(StatusOf(With("transfer-encoding: identity\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Content-Length: 0\r\n")), 101);
}

TEST(Handshake, TakesARequestOf8KiBAndNotAByteMore) {
  const size_t room = Handshake::kMaxRequestBytes - OpeningRequest().size();
  const auto filled = [](size_t size) {
    return With("Cookie: " + std::string(size - 10, 'x') + "\r\n");
  };
  EXPECT_EQ(filled(room).size(), Handshake::kMaxRequestBytes);
  EXPECT_EQ(StatusOf(filled(room)), 101);
  EXPECT_EQ(StatusOf(filled(room + 1)), 431);
  EXPECT_EQ(StatusOf("GET /" + std::string(20'000, 'x')), 431) << "a line without an end";
}

TEST(Handshake, BoundsFieldsAndWhatItKeepsOfThem) {
  std::string fields;
  for (size_t i = 6; i < Handshake::kMaxFields; ++i) fields += "A: b\r\n";
  EXPECT_EQ(StatusOf(With(fields)), 101);
  EXPECT_EQ(StatusOf(With(fields + "A: b\r\n")), 431);
  const std::string host(Handshake::kMaxValueBytes, 'h');
  EXPECT_EQ(StatusOf(Replacing("server.example.com", host)), 101);
  EXPECT_EQ(StatusOf(Replacing("server.example.com", host + "h")), 431);
}

TEST(Handshake, ARefusalIsAWholeShortResponse) {
  const Outcome outcome = OpenBy(Replacing("Connection: Upgrade", "Connection: close"));
  EXPECT_EQ(outcome.state, Handshake::State::kRefused);
  EXPECT_EQ(outcome.response,
            "HTTP/1.1 400 Bad Request\r\n"
            "Connection: close\r\n"
            "Content-Type: text/plain\r\n"
            "Content-Length: 35\r\n"
            "\r\n"
            "Connection does not list \"upgrade\"\n");
  EXPECT_EQ(outcome.sentence,
            "the WebSocket was refused with HTTP status 400: Connection does not list \"upgrade\"");
}

TEST(Handshake, TellsTheOperatorWhoCameToTheWrongPort) {
  const auto sentence_of = [](std::string_view bytes) {
    const Outcome outcome = OpenBy(bytes);
    EXPECT_EQ(outcome.state, Handshake::State::kRefused);
    EXPECT_EQ(outcome.response, "") << "it would not understand HTTP";
    return outcome.sentence;
  };
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(sentence_of("\x10\x0C\0\x04MQTT\x04\x02\0\x3C\0\0"sv),
            "the client sent MQTT without WebSocket; this port takes WebSockets");
  EXPECT_EQ(sentence_of("\x16\x03\x01\x02\0"sv),
            "the client began TLS, but this WebSocket port has no TLS");
  EXPECT_EQ(sentence_of("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
            "a PROXY header came; the port must be told whose it takes");
  EXPECT_NE(sentence_of("\r\n\r\n\0\r\nQUIT\n"sv).find("PROXY header"), std::string::npos);
  EXPECT_NE(sentence_of("\xFF").find("0xff"), std::string::npos);
  EXPECT_NE(sentence_of("\0"sv).find("0x00"), std::string::npos);
}

}  // namespace
}  // namespace signet::websocket
