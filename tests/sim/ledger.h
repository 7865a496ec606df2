// Ledger: what clients of a simulation have sent, been promised and received, and what of it the
// rules of MQTT forbid. It knows clients, not the broker.
//
// A *promise*: a message sent after SUBACK was received, and acknowledged, reaches the
// Subscription's Session, as long as the Session lives and nobody unsubscribes [MQTT-4.3.2-4]
// [MQTT-4.3.3-8]. Nothing else comes, nothing comes twice that its QoS forbids, and messages of one
// publisher, Topic Name and QoS come in their order [MQTT-4.6.0-5] [MQTT-4.6.0-6].
//
// The group of a Shared Subscription gives each message to somebody, if it has a member that stays.
// A *guest* takes all there is at once, and stops listening at its UNSUBACK.
//
// Where there are policies, a promise holds for who was allowed throughout what it is about, and
// nothing comes that was surely refused: to who publishes it, or, once the policy has come to all
// that was under way, to who receives it (law.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tests/sim/law.h"
#include "tests/support/received.h"

namespace signet::sim {

using MessageNumber = uint32_t;

enum class Fate : uint8_t {
  kUnknown,  // It may have been published or not.
  kNever,
  kOnce,
};

class Ledger {
 public:
  // A Subscription of one Session, from the SUBSCRIBE that was sent to the end of its meaning.
  struct Interval {
    std::string filter;
    QoS qos = QoS::kAtMostOnce;
    uint32_t asked = 0;               // Step of the SUBSCRIBE.
    std::optional<uint32_t> granted;  // Step of the SUBACK.
    std::optional<uint32_t>
        given_up;  // Step of an UNSUBSCRIBE, or of what may have ended the Session.
    std::optional<uint32_t> ended;  // Step at which it was surely gone.
    bool refused = false;           // By SUBACK.
  };
  struct Message {
    std::string publisher;
    std::string topic;
    QoS qos = QoS::kAtMostOnce;
    bool retain = false;
    uint32_t sent = 0;  // Step.
    uint32_t times_sent = 0;
    bool acknowledged = false;
    bool refused = false;  // Each time that it was sent.
  };

  explicit Ledger(Law* law) : law_(*law) {}
  const Law& law() const { return law_; }

  // -- The simulation's clock, in steps. The first violation is kept, with its step.
  void SetStep(uint32_t step) { step_ = step; }
  uint32_t step() const { return step_; }
  void Violated(std::string sentence);
  const std::string& violation() const { return violation_; }

  // -- Publishing. The payload says which message it is.
  MessageNumber Publish(std::string_view publisher, std::string_view topic, QoS qos, bool retain);
  void SentAgain(MessageNumber number) { ++messages_[number].times_sent; }
  // `told`: its publisher would have been told of a refusal.
  void Acknowledged(MessageNumber number, bool told);
  void Refused(MessageNumber number);
  static std::string PayloadOf(MessageNumber number) { return "m" + std::to_string(number); }

  // -- Subscribing.
  // Returns a number by which the Subscription is granted: an UNSUBSCRIBE and another SUBSCRIBE of
  // the same filter may be on their way behind it.
  size_t Asked(const std::string& client, std::string_view filter, QoS qos);
  void Granted(const std::string& client, size_t asked);
  void Refused(const std::string& client, size_t asked);
  // Returns a number by which the Subscriptions end that were asked for before.
  size_t GivenUp(const std::string& client, std::string_view filter);
  void Ended(const std::string& client, std::string_view filter, size_t given_up);
  // The Session may have ended; it surely has.
  void SessionInDoubt(const std::string& client);
  void SessionEnded(const std::string& client);
  // Nothing is under way to it from a moment before its policy has come to its Session.
  void NothingIsUnderWay(const std::string& client);

  // -- Receiving. A PUBLISH that is new to the client, QoS 2 duplicates having been recognised.
  void Received(const std::string& client, const signet::Received& publish, std::string_view topic);

  // -- Wills: how often each was seen is checked against its fate at the end.
  uint32_t NewWill(const std::string& client);
  static std::string PayloadOfWill(uint32_t number) { return "w" + std::to_string(number); }
  void WillMust(uint32_t number, Fate fate) { wills_[number].fate = fate; }

  // At rest, with every client connected that has a Session: all promises are kept.
  void CheckPromises();
  void CheckWills();
  // What a new Subscription to `filter` must bring: by Topic Name, the last message that was
  // retained. Topics whose last message is in doubt are left out of `surely`; of what their
  // publishers may not publish there any more, nothing is to be seen.
  struct RetainedState {
    std::map<std::string, MessageNumber> surely;
    std::set<std::string> in_doubt;
    std::set<std::string> withheld;
  };
  RetainedState RetainedNow(std::string_view filter) const;

 private:
  struct Tally {
    uint32_t fresh = 0;  // Without DUP.
    uint32_t again = 0;
  };
  using Stream =
      std::tuple<std::string, std::string, QoS, QoS>;  // Client, topic, QoS sent, received.

  std::vector<Interval*> Open(const std::string& client, std::string_view filter);
  void CheckAllowed(const std::string& client, MessageNumber number);
  void CheckReplay(const std::string& client, MessageNumber number);
  void CheckWanted(const std::string& client, MessageNumber number);
  void CheckCopies(const std::string& client, MessageNumber number, QoS qos, bool dup);
  void CheckOrder(const std::string& client, MessageNumber number, QoS qos);
  void CheckGroup(std::string_view filter, const std::set<std::string>& members, uint32_t since);

  // Whether the Subscription may have been refused, or taken back.
  bool MayHaveLost(const std::string& client, const Interval& interval) const;

  Law& law_;
  uint32_t step_ = 0;
  std::string violation_;
  std::vector<Message> messages_;
  std::map<std::string, std::vector<Interval>> intervals_;
  std::map<std::pair<std::string, MessageNumber>, Tally> tallies_;
  std::map<Stream, MessageNumber> last_;  // The highest message of a stream.
  struct LastWill {
    std::string client;
    uint32_t left = 0;  // Step.
    Fate fate = Fate::kUnknown;
    uint32_t seen = 0;
  };
  std::vector<LastWill> wills_;
};

}  // namespace signet::sim
