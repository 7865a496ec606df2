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
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

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
  };
  struct Message {
    std::string publisher;
    std::string topic;
    QoS qos = QoS::kAtMostOnce;
    bool retain = false;
    uint32_t sent = 0;  // Step.
    uint32_t times_sent = 0;
    bool acknowledged = false;
  };

  // -- The simulation's clock, in steps. The first violation is kept, with its step.
  void SetStep(uint32_t step) { step_ = step; }
  uint32_t step() const { return step_; }
  void Violated(std::string sentence);
  const std::string& violation() const { return violation_; }

  // -- Publishing. The payload says which message it is.
  MessageNumber Publish(std::string_view publisher, std::string_view topic, QoS qos, bool retain);
  void SentAgain(MessageNumber number) { ++messages_[number].times_sent; }
  void Acknowledged(MessageNumber number) { messages_[number].acknowledged = true; }
  static std::string PayloadOf(MessageNumber number) { return "m" + std::to_string(number); }

  // -- Subscribing.
  // Returns a number by which the Subscription is granted: an UNSUBSCRIBE and another SUBSCRIBE of
  // the same filter may be on their way behind it.
  size_t Asked(const std::string& client, std::string_view filter, QoS qos);
  void Granted(const std::string& client, size_t asked);
  void GivenUp(const std::string& client, std::string_view filter);
  void Ended(const std::string& client, std::string_view filter);
  // The Session may have ended; it surely has.
  void SessionInDoubt(const std::string& client);
  void SessionEnded(const std::string& client);

  // -- Receiving. A PUBLISH that is new to the client, QoS 2 duplicates having been recognised.
  void Received(const std::string& client, const signet::Received& publish, std::string_view topic);

  // -- Wills: how often each was seen is checked against its fate at the end.
  uint32_t NewWill() { return wills_++; }
  static std::string PayloadOfWill(uint32_t number) { return "w" + std::to_string(number); }
  void WillMust(uint32_t number, Fate fate) { will_fates_[number] = fate; }

  // At rest, with every client connected that has a Session: all promises are kept.
  void CheckPromises();
  void CheckWills();
  // What a new Subscription to `filter` must bring: by Topic Name, the last message that was
  // retained. Topics whose last message is in doubt are left out of `surely`.
  struct RetainedState {
    std::map<std::string, MessageNumber> surely;
    std::set<std::string> in_doubt;
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
  void CheckWanted(const std::string& client, MessageNumber number);
  void CheckCopies(const std::string& client, MessageNumber number, QoS qos, bool dup);
  void CheckOrder(const std::string& client, MessageNumber number, QoS qos);
  void CheckGroup(std::string_view filter, const std::set<std::string>& members, uint32_t since);

  uint32_t step_ = 0;
  std::string violation_;
  std::vector<Message> messages_;
  std::map<std::string, std::vector<Interval>> intervals_;
  std::map<std::pair<std::string, MessageNumber>, Tally> tallies_;
  std::map<Stream, MessageNumber> last_;  // The highest message of a stream.
  uint32_t wills_ = 0;
  std::map<uint32_t, Fate> will_fates_;
  std::map<uint32_t, uint32_t> wills_seen_;
};

}  // namespace signet::sim
