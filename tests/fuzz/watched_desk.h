// WatchedDesk: an auth shard whose methods say what the input makes them say, now, later or never,
// and all of whose mail is looked at. It knows who has been let in, as whom and until when.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "auth/auth_shard.h"
#include "tests/support/core_world.h"

namespace signet::fuzz {

class WatchedDesk : public AuthDesk {
 public:
  struct Habits {
    bool remembers = false;  // Verdicts.
    bool keeps = false;      // Credentials, for new settings.
    bool rechecks = false;
    bool takes_steps = false;  // ServiceAccountToken, where a method of MQTT is named.
  };
  // What a grant stands for by the last word about it.
  struct Given {
    std::string method;
    std::string identity;
    WallTime deadline;
    bool ended = false;
  };
  // The method ServiceAccountToken is for K8S-SAT, or for 3.1.1 and that as username; X509 is for
  // the username "cert".
  static constexpr std::string_view kTokenMethod = "K8S-SAT";
  static constexpr std::string_view kCertificateUser = "cert";

  WatchedDesk(uint32_t shards, Habits habits, Instant now, WallTime wall);

  // -- As the auth shard.
  void BeginTurn(Instant now, WallTime wall) override;
  void Take(ShardId from, MailToAuth mail) override;
  void EndTurn() override { shard_.EndTurn(); }
  BlockQueue<MailFromAuth>& outgoing(ShardId to) override;
  Instant NextDeadline() const override { return shard_.NextDeadline(); }
  void SetPort(PortId, std::string, std::shared_ptr<const config::BrokerAuthentication>) override {}
  void ClosePort(PortId) override {}

  // -- What the input decides.
  // The methods of the port from now on: T (ServiceAccountToken) and X(509), in their order.
  void Configure(std::string_view methods, config::ExpiryNotice notice);
  // Answers one of those who wait in a way that `choice` says; nothing if nobody waits.
  enum class Which : uint8_t { kOldest, kNewest };
  void Answer(Which which, uint8_t choice);
  // From now on all are answered so at once; absent: they wait.
  void AnswerAtOnce(std::optional<uint8_t> choice) { at_once_ = choice; }
  size_t waiting() const { return waiting_.size(); }

  // -- What became of it.
  // Null: nobody was let in by that.
  const Given* Find(GrantId grant) const;
  size_t connects_accepted() const { return connects_accepted_; }
  size_t auths_accepted() const { return auths_accepted_; }
  // Nobody is in, and nobody waits for an answer.
  bool IsIdle();
  const std::vector<std::string>& log() const { return log_.lines(); }

 private:
  class ChosenMethod;
  class ChosenExchange;
  struct Waiting {
    int revision;  // Of the settings.
    std::string method;
    std::string evidence;
    bool may_continue = false;
    auth::Exchange::Done done;
  };
  // A verdict of a method, by which somebody may be let in.
  struct Acceptance {
    int revision;
    std::string method;
    std::string evidence;
    std::string identity;
    WallTime deadline;
    auto operator<=>(const Acceptance&) const = default;
  };
  struct Open {
    Credentials credentials;
    GrantId grant;
  };
  using Asker = std::pair<ShardId, ConnectionId>;

  void Ask(Waiting waiting);
  auth::Exchange::Step Decide(const Waiting& waiting, uint8_t choice);
  void Collect();
  void Look(ShardId to, const MailFromAuth& mail);
  void LookAtAcceptance(const Open& open, const Principal& principal);

  const Habits habits_;
  std::string methods_;
  int revision_ = 0;
  std::optional<uint8_t> at_once_;
  std::deque<Waiting> waiting_;
  std::set<Acceptance> acceptances_;
  std::map<Asker, Open> open_;
  std::set<ExchangeId> challenged_;  // Who has not answered yet.
  std::map<GrantId, Given> given_;
  size_t connects_accepted_ = 0;
  size_t auths_accepted_ = 0;
  WallTime wall_;
  MemoryLog log_;
  std::vector<BlockQueue<MailFromAuth>> outgoing_;
  auth::AuthShard shard_;
};

}  // namespace signet::fuzz
