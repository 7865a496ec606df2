// AuthShard: the desk where every "who is this?" of the broker is answered. The methods of a port
// are asked in their order; the first that finds the credentials relevant decides; where nobody can
// be asked, nobody is let in. It remembers verdicts (VerdictCache), asks each question once
// (Judge), leads exchanges of several steps (Exchange), and keeps one grant for each client that is
// in, with its deadline. No I/O: servers are asked through HttpFetcher. Used on one thread alone.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/auth_clock.h"
#include "auth/auth_counters.h"
#include "auth/deadlines.h"
#include "auth/grants.h"
#include "auth/method_context.h"
#include "auth/open_exchange.h"
#include "auth/pauses.h"
#include "auth/policy.h"
#include "auth/revocations.h"
#include "auth/verdict_cache.h"
#include "core/access/auth_desk.h"
#include "core/base/log.h"

namespace signet::auth {

// Makes the methods of a BrokerAuthentication, in its order.
using MethodFactory = std::function<std::vector<std::unique_ptr<Method>>(
    const config::BrokerAuthentication&, const MethodContext&)>;

class AuthShard : public AuthDesk {
 public:
  struct Setup {
    uint32_t shards = 1;  // Of the broker.
    MethodFactory make_methods;
    VerdictCache::Options cache;
    VerdictCache::HashKey hash_key{};  // Random.
    uint32_t grants = 1'000'000;       // Further clients are refused (0x97).
    uint32_t exchanges = 16'384;       // At a time; further ones are refused (0x89).
    // Listed at a time; a further one is not, and whoever revokes it hears so.
    size_t revocations = 65'536;
    LogSink* log = nullptr;
    AuthClock start;
  };
  // How many questions a turn begins with, and how many it judges anew, so that deadlines are not
  // held up by many chains.
  static constexpr size_t kQuestionsPerTurn = 64;
  // Many credentials may end at the same moment: so many are looked at in a turn, and in
  // kLookPause, which leaves the shards time for everybody else; but all that have waited for
  // kLookPatience.
  static constexpr size_t kLooksPerTurn = 128;
  static constexpr Duration kLookPause = milliseconds(1);
  static constexpr Duration kLookPatience = milliseconds(300);
  // A client that answers "undecided" by asking again waits this long for the next one.
  static constexpr Duration kUndecidedPause = seconds(1);
  // An exchange of more packets of the client, or of more bytes of Authentication Data, both ways
  // together, is refused.
  static constexpr uint32_t kExchangeSteps = 8;
  static constexpr size_t kExchangeBytes = size_t{48} * 1024;
  // So long a client is waited for in the middle of one; then it is refused. Before CONNACK its
  // shard mostly has less patience: the timeout of CONNECT, for each step.
  static constexpr Duration kExchangePatience = seconds(60);
  // A question that is overtaken by a revocation is asked again; after so many times it is refused.
  static constexpr uint32_t kMostBeginnings = 4;

  explicit AuthShard(Setup setup);
  ~AuthShard() override;

  void BeginTurn(Instant now, WallTime wall) override;
  void Take(ShardId from, MailToAuth mail) override;
  void EndTurn() override;
  BlockQueue<MailFromAuth>& outgoing(ShardId to) override { return outgoing_[to.value()]; }
  Instant NextDeadline() const override;
  void SetPort(PortId port, std::string listener,
               std::shared_ptr<const config::BrokerAuthentication> settings) override;
  void ClosePort(PortId port) override;

  AuthReport Report();

  // -- For operators, between BeginTurn() and EndTurn(). First what comes is held against it, then
  // who is in: so nobody slips through between the two.
  // A credential is listed, and false means that it could not be; for anybody else all verdicts are
  // forgotten, and whoever is being judged is judged again.
  bool BeginRevocation(const Revocation& revocation);
  // Looks at `slots` of the grants, from `*slot` on, and ends those that it is about: their clients
  // get DISCONNECT 0x87. False: that were the last ones.
  bool RevokeSome(const Revocation& revocation, uint32_t slots, uint32_t* slot, uint64_t* ended);

 private:
  // A question on its way through the methods; of an exchange, one step of it.
  struct Login {
    ShardId from;
    ConnectionId client;
    PortId port;
    GrantId grant;  // Of a re-authentication, in an exchange.
    std::shared_ptr<Policy> policy;
    std::shared_ptr<const Credentials> credentials;
    size_t next = 0;     // Of the policy's judges.
    uint64_t round = 0;  // Of the cache, when it was begun.
    uint32_t begun = 0;  // How often.
  };
  struct Waiting {
    ShardId from;
    AuthQuestion question;
  };
  // An answer that is held back for kUndecidedPause.
  struct Held {
    Instant due;
    ShardId to;
    AuthAnswer answer;
  };

  struct Due {
    Instant since;
    GrantId grant;
  };

  std::shared_ptr<Policy> PolicyOf(PortId port) const;  // Null: no such port.
  AuthReport::Row RowOf(const Policy& policy, size_t index) const;
  void On(ShardId from, AuthQuestion question);
  void On(ShardId from, const GrantClaimed& claimed);
  void On(ShardId from, const GrantReturned& returned);
  void On(ShardId from, const ExchangeDropped& dropped);

  // auth_shard_login.cc: CONNECT.
  void Begin(ShardId from, AuthQuestion question);
  void AskFirst(std::shared_ptr<Login> login);
  void AskNext(std::shared_ptr<Login> login);
  void OnVerdict(const std::shared_ptr<Login>& login, const std::shared_ptr<Judge>& judge,
                 Verdict verdict);
  void BeginAnew(const std::shared_ptr<Login>& login, std::string_view method);
  void LogPassedOver(const Login& login, std::string_view method, std::string_view why);
  // `kept` for its method, if that keeps any; null: there is nothing to keep. `data` for CONNACK.
  void LetIn(const Login& login, const std::shared_ptr<Judge>& judge, Principal principal,
             std::shared_ptr<const Credentials> kept, std::vector<uint8_t> data);
  void Refuse(const Login& login, std::string_view method, std::string_view rule, ReasonCode code);
  void ReplyYes(ShardId to, ConnectionId client, const Grant& grant, Principal principal,
                std::vector<uint8_t> data);
  void Reply(ShardId to, ConnectionId client, AuthOutcome outcome);

  // auth_shard_exchanges.cc: either of them in several steps.
  void BeginExchange(const std::shared_ptr<Login>& login, const std::shared_ptr<Judge>& judge,
                     std::unique_ptr<Exchange> steps);
  void GoOn(ShardId from, AuthQuestion question);
  void TakeStep(OpenExchange& open, const std::shared_ptr<Login>& login);
  void OnStep(ExchangeId id, const std::shared_ptr<Login>& login, Instant since,
              Exchange::Step step);
  void WaitForClient(OpenExchange& open, const Login& login, std::vector<uint8_t> data);
  void Finish(const std::shared_ptr<Login>& login, const std::shared_ptr<Judge>& judge,
              Exchange::Finished finished, bool at_once);
  void RefuseStep(const Login& login, std::string_view method, std::string_view rule,
                  ReasonCode code = ReasonCode::kNotAuthorized);
  void DropExchanges(PortId port);

  // auth_shard_grants.cc: what comes after.
  void BeginAgain(ShardId from, AuthQuestion question);
  void AskAgain(ShardId from, ConnectionId client, GrantId id,
                const std::shared_ptr<const Credentials>& credentials);
  // As LetIn(); `data` for AUTH.
  void OnSecondVerdict(ShardId from, ConnectionId client, GrantId id,
                       const std::shared_ptr<const Credentials>& credentials, Verdict verdict,
                       std::shared_ptr<const Credentials> kept, std::vector<uint8_t> data);
  void LogUndecided(const Grant& grant, const Credentials& credentials, std::string_view why);
  void AnswerUndecided(Grant& grant, ShardId to, ConnectionId client);
  void RefuseAgain(const Grant& grant, const Credentials& credentials, ShardId from,
                   ConnectionId client, std::string_view rule, ReasonCode code);
  void PlanRecheck(Grant& grant);
  void SetNextLook(Grant& grant);
  void LookAtSome();
  void LookAt(Grant& grant);
  void Recheck(Grant& grant);
  void AskAbout(const Grant& grant, Judge::Memory memory);
  void OnRecheck(GrantId id, const Judge& judge,
                 const std::shared_ptr<const Credentials>& credentials, Verdict verdict);
  void End(Grant& grant, std::string why, uint64_t AuthCounters::*cause);
  void TellEnd(const Grant& grant);
  void FollowNewSettings(PortId port, const std::shared_ptr<Policy>& policy);
  void JudgeSomeAnew();
  void Drop(Grant& grant);

  LogSink& log_;
  const MethodFactory make_methods_;
  AuthClock clock_;
  Pauses pauses_{clock_};
  VerdictCache cache_;
  Revocations revocations_;
  uint64_t judges_made_ = 0;
  std::vector<std::weak_ptr<Judge>> judges_;  // Of old settings too, while somebody waits for them.
  std::vector<std::shared_ptr<Policy>> policies_;  // By PortId; null: no such port.
  Grants grants_;
  Deadlines deadlines_;
  TimerWheel patience_;  // With those who are in the middle of an exchange.
  OpenExchanges exchanges_;
  BlockQueue<Waiting> waiting_;
  BlockQueue<GrantId> to_judge_anew_;  // Each once.
  BlockQueue<Due> due_;                // To be looked at, from next_look_ on.
  Instant next_look_;
  BlockQueue<Held> held_;
  std::vector<BlockQueue<MailFromAuth>> outgoing_;  // By shard.
  uint64_t questions_ = 0;                          // Without an answer.
  uint64_t stamps_ = 0;                             // The last Principal's.
  AuthCounters counters_;
  RateLimit refusal_log_{50, 50};
  RateLimit passed_over_log_{50, 50};
};

}  // namespace signet::auth
