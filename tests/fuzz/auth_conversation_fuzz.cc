// Clients of a port that authenticates, of both versions, two of which want the same Session, and
// an auth shard that lets them in, refuses, cannot tell, asks for more, takes its time or never
// answers. Nobody is connected who was not accepted, nobody for longer than that holds, each AUTH
// of the broker answers a packet of the client, and nothing stays. Input: what the methods remember
// and keep, and whether they take several steps; then a program, each step of which is a byte that
// says what and who, and what that takes.
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "core/mqtt/auth_packet.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/ping.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/link.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/watched_desk.h"
#include "tests/fuzz/world.h"

namespace signet::fuzz::auth_conversation_fuzz {
namespace {

// Each begins alike, so that it can be looked for in the log. The last one is longer than is read.
constexpr std::string_view kSecret = "hunter2";
constexpr std::string_view kTokens[] = {
    "hunter2.a", "hunter2.b", "", "hunter2.c.................................................."};
constexpr size_t kCredentialBytes = 32;

template <typename T, size_t kSize>
const T& OneOf(const T (&all)[kSize], size_t choice) {
  return all[choice % kSize];
}

CoreWorld::Options Options(uint32_t shards) {
  CoreWorld::Options options = SmallWorld(shards);
  options.ports = {{.authenticates = true}};
  options.limits.auth_questions = 2;
  options.limits.credential_bytes = kCredentialBytes;
  return options;
}

WatchedDesk::Habits HabitsOf(uint8_t choice) {
  return {.remembers = (choice & 1) != 0,
          .keeps = (choice & 2) != 0,
          .rechecks = (choice & 4) != 0,
          .takes_steps = (choice & 8) != 0};
}

class Program {
 public:
  explicit Program(Input input)
      : input_(input),
        world_(Options(kShards)),
        desk_(kShards, HabitsOf(input_.Byte()), world_.now(), world_.wall()) {
    world_.SetDesk(&desk_);
  }
  // The desk goes first, and what is left of the world asks it nothing more.
  ~Program() { world_.SetDesk(nullptr); }

  void Run() {
    // More steps would only be slower.
    for (int steps = 0; steps < 200 && !input_.empty(); ++steps) {
      Step(input_.Byte());
      CheckThoseWhoAreIn();
    }
    world_.Run();
    CheckThoseWhoAreIn();
    for (Conversation& each : conversations_) Look(&each);
    CheckNothingIsLeft(&world_, peers_);
    CheckNobodyIsLeftToAnswer();
    for (const auto* log : {&desk_.log(), &world_.log().lines()}) {
      for (const std::string& line : *log) CHECK(line.find(kSecret) == line.npos);
    }
  }

 private:
  static constexpr uint32_t kShards = 2;
  static constexpr size_t kMostConnections = 24;

  struct Conversation {
    Link link;
    size_t auths_sent = 0;
    size_t auths_received = 0;
    bool is_answered = false;  // Its CONNECT.
  };

  void Step(uint8_t byte) {
    const size_t who = (byte >> 4) % conversations_.size();
    Conversation& one = conversations_[who];
    switch (byte & 15) {
      case 0:
        return Connect(&one, who);
      case 1:
        return Auth(&one);
      case 2:
        return desk_.Answer(WatchedDesk::Which::kOldest, input_.Byte());
      case 3:
        return desk_.Answer(WatchedDesk::Which::kNewest, input_.Byte());
      case 4:
        return SetHaste();
      case 5:
        return Disconnect(&one);
      case 6:
        return one.link.Drop();
      case 7:
        return LetTimePass();
      case 8:
        return SetClock();
      case 9:
        return Configure();
      case 10:
        return world_.RunShard(who % kShards);
      case 11:
        return world_.RunDesk();
      case 12:
        return world_.Run();
      case 13:
        return SendAnything(&one);
      case 14:
        return one.link.Send(kPingreqBytes);
      default:
        return world_.SetMailboxSlots(1 + input_.Byte() % 8);
    }
  }

  void Connect(Conversation* one, size_t who) {
    const uint8_t choice = input_.Byte();
    if (peers_.size() == kMostConnections) return;
    Look(one);
    const bool is_5 = (choice & 1) == 0;
    const std::string_view token = OneOf(kTokens, choice >> 5 & 1);
    const bool shows_token = (choice & 4) != 0;
    PropertyBuffer properties;
    if ((choice & 2) != 0) properties.AddU32(PropertyId::kSessionExpiryInterval, 20);
    if ((choice & 16) != 0) {
      properties.AddText(PropertyId::kAuthenticationMethod, "OTHER");
    } else if (shows_token) {
      properties.AddText(PropertyId::kAuthenticationMethod, WatchedDesk::kTokenMethod);
      properties.AddText(PropertyId::kAuthenticationData, token);
    }
    ConnectView connect{.version = is_5 ? ProtocolVersion::k5 : ProtocolVersion::k311,
                        .clean_start = (choice & 64) == 0,
                        .client_id = who == 2 ? "other" : "shared"};
    if (is_5) {
      connect.properties.wire = properties.wire();
    } else if (shows_token) {
      connect.claimed_username = WatchedDesk::kTokenMethod;
      connect.password = AsBytes(token);
    }
    if ((choice & 8) != 0) connect.claimed_username = WatchedDesk::kCertificateUser;
    *one = {};
    one->link.Connect(&world_, choice >> 7, connect);
    if (one->link.is_open()) peers_.push_back(&one->link.peer());
  }

  void Auth(Conversation* one) {
    const uint8_t choice = input_.Byte();
    const ReasonCode code = OneOf({ReasonCode::kReauthenticate, ReasonCode::kContinueAuthentication,
                                   ReasonCode::kReauthenticate, ReasonCode::kSuccess},
                                  choice);
    PropertyBuffer properties;
    if ((choice >> 2 & 3) != 3) {
      properties.AddText(PropertyId::kAuthenticationMethod,
                         (choice >> 2 & 3) == 2 ? "OTHER" : WatchedDesk::kTokenMethod);
      properties.AddText(PropertyId::kAuthenticationData, OneOf(kTokens, choice >> 4));
    }
    AuthView auth{.reason_code = code};
    auth.properties.wire = properties.wire();
    PacketBytes bytes;
    EncodeAuth(auth, &bytes);
    one->link.Send(bytes);
    ++one->auths_sent;
  }

  void SetHaste() {
    const uint8_t choice = input_.Byte();
    desk_.AnswerAtOnce(choice == 255 ? std::nullopt : std::optional(choice));
  }

  void Disconnect(Conversation* one) {
    const uint8_t choice = input_.Byte();
    DisconnectView disconnect;
    if ((choice & 1) != 0) disconnect.reason_code = ReasonCode::kDisconnectWithWillMessage;
    PropertyBuffer properties;
    if ((choice & 2) != 0) properties.AddU32(PropertyId::kSessionExpiryInterval, choice >> 2);
    disconnect.properties.wire = properties.wire();
    PacketBytes bytes;
    EncodeDisconnect(disconnect, one->link.version(), &bytes);
    one->link.Send(bytes);
  }

  // In turns for whoever wants one, or in a jump that all find behind them.
  void LetTimePass() {
    const uint8_t choice = input_.Byte();
    const Duration duration = choice == 255 ? seconds(301) : milliseconds(125) * (choice >> 1);
    if ((choice & 1) != 0 && choice != 255) return world_.Advance(duration);
    world_.Jump(duration);
    overdue_.clear();  // Of which nobody could know.
  }

  void SetClock() {
    constexpr int64_t kByMs[] = {-3'600'000, -5000, -200, -50, 50, 200, 5000, 3'600'000};
    world_.SetWall(
        WallTime::FromMilliseconds(world_.wall().milliseconds() + OneOf(kByMs, input_.Byte())));
  }

  void Configure() {
    constexpr std::string_view kMethods[] = {"T", "TX", "XT", "X", ""};
    const uint8_t choice = input_.Byte();
    desk_.Configure(OneOf(kMethods, choice >> 1), (choice & 1) != 0
                                                      ? config::ExpiryNotice::kDisconnect
                                                      : config::ExpiryNotice::kNone);
  }

  // Each byte could be the beginning of an AUTH.
  void SendAnything(Conversation* one) {
    const ByteView bytes = input_.Bytes(input_.Byte() % 64);
    one->link.Send(bytes);
    one->auths_sent += bytes.size();
  }

  // What one has received.
  void Look(Conversation* one) {
    for (const Received& packet : one->link.TakeReceived()) {
      if (packet.type == PacketType::kConnack) {
        CHECK(!std::exchange(one->is_answered, true));
        if (packet.code == 0) ++connects_;
      } else if (packet.type == PacketType::kAuth) {
        CHECK(one->link.version() == ProtocolVersion::k5);
        CHECK(packet.authentication_method == WatchedDesk::kTokenMethod);
        ++one->auths_received;
        if (packet.code != 0) continue;
        CHECK(one->is_answered);
        ++auths_;
      }
    }
    CHECK(one->auths_received <= one->auths_sent + 1);  // And CONNECT.
    CHECK(connects_ <= desk_.connects_accepted());
    CHECK(auths_ <= desk_.auths_accepted());
  }

  void CheckThoseWhoAreIn() {
    const bool at_rest = world_.Quiet();
    for (const CoreWorld::Peer* peer : peers_) {
      const Client* client = world_.ClientOf(*peer);
      if (client == nullptr || client->state() != Client::State::kConnected) continue;
      const Principal& principal = client->principal();
      const WatchedDesk::Given* given = desk_.Find(principal.grant);
      CHECK(given != nullptr);
      CHECK(given->method == principal.method && given->identity == principal.identity);
      if (!at_rest) continue;
      CHECK(!given->ended);
      CHECK(given->deadline == principal.deadline);
      CheckDeadline(principal);
    }
  }

  // A clock that is set may show so late, but no later.
  void CheckDeadline(const Principal& principal) {
    const std::pair end(principal.grant, principal.deadline);
    if (principal.deadline > world_.wall()) {
      overdue_.erase(end);
      return;
    }
    const Instant since = overdue_.try_emplace(end, world_.now()).first->second;
    CHECK(world_.now() - since <= seconds(1));
  }

  // Answers that come when everybody has left let nobody in.
  void CheckNobodyIsLeftToAnswer() {
    desk_.AnswerAtOnce(0);
    while (desk_.waiting() > 0) desk_.Answer(WatchedDesk::Which::kOldest, 0);
    world_.Run();
    CHECK(desk_.IsIdle());
  }

  Input input_;
  CoreWorld world_;
  WatchedDesk desk_;
  std::array<Conversation, 3> conversations_;  // The last one has a Session of its own.
  std::vector<CoreWorld::Peer*> peers_;
  std::map<std::pair<GrantId, WallTime>, Instant> overdue_;  // Since when it was seen to be.
  size_t connects_ = 0;
  size_t auths_ = 0;
};

}  // namespace

FUZZ_TARGET(auth_conversation) {
  Program({data, size}).Run();
  return 0;
}

}  // namespace signet::fuzz::auth_conversation_fuzz
