// PahoClient: a client of Eclipse Paho's MQTTAsync whose callbacks are turned into things to wait
// for. Paho calls back on threads of its own; all else is for the test's thread. What does not come
// in time fails the test.
#pragma once

#include <MQTTAsync.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/system/paho_c/paho_waker.h"
#include "tests/system/paho_c/property_list.h"
#include "tests/system/paho_c/transport.h"

namespace signet {

class PahoClient {
 public:
  struct Message {
    std::string topic;
    std::string payload;
    int qos = 0;
    bool retained = false;
    bool duplicate = false;
    uint32_t topic_alias = 0;             // Received ones: topic may be empty then.
    std::vector<std::string> properties;  // Received ones, as Describe() puts them.
  };

  struct Options {
    std::string client_id;
    int version = MQTTVERSION_5;  // Or MQTTVERSION_3_1_1.
    // In 5.0 a Session that is not clean never expires.
    bool clean = true;
    uint16_t topic_alias_maximum = 0;
    std::optional<Message> will;
    uint32_t will_delay_s = 0;
    Transport transport = Transport::kTcp;
  };

  // What a packet was answered with.
  struct Answer {
    int code = -1;  // Reason Code; granted QoS; -1: nothing came, or Paho refused.
    bool session_present = false;
    uint32_t topic_alias_maximum = 0;
  };

  // Connects at once.
  PahoClient(PahoWaker* waker, uint16_t port, Options options);
  PahoClient(const PahoClient&) = delete;
  PahoClient& operator=(const PahoClient&) = delete;
  ~PahoClient();

  const std::string& client_id() const { return options_.client_id; }
  const Answer& connack() const { return connack_; }

  // After AwaitLost(): connects again, without Clean Start. True if the Session was there.
  bool Resume();

  // Returns the granted QoS, once SUBACK is there.
  int Subscribe(const std::string& filter, int qos, uint32_t subscription_identifier = 0);
  void Unsubscribe(const std::string& filter);

  // Publishes; the result is for Await().
  size_t Send(const Message& message, const PropertyList& properties = {});
  void Await(size_t operation);
  // Publishes, and returns once it has been acknowledged (QoS 0: sent).
  void Publish(const Message& message, const PropertyList& properties = {});

  // What comes next.
  std::vector<Message> Take(size_t count);
  Message Next();
  size_t waiting() const;

  void Disconnect(MQTTReasonCodes reason = MQTTREASONCODE_SUCCESS);
  // Waits for the connection to end, other than by Disconnect(). Returns the Reason Code of the
  // broker's DISCONNECT, or 0 if there was none.
  int AwaitLost();

 private:
  struct Operation {
    PahoClient* client = nullptr;
    std::optional<Answer> answer;
  };

  static int OnMessage(void* context, char* topic, int length, MQTTAsync_message* message);
  static void OnLost(void* context, int reason);
  static void Finish(void* context, const Answer& answer);
  // Room for an answer, which stays where it is as long as the client lives.
  Operation* Begin();
  Answer Await(Operation* operation, std::string_view what);
  Answer Connect();
  MQTTAsync_responseOptions CallOptions(Operation* operation) const;
  bool v5() const { return options_.version == MQTTVERSION_5; }

  // Waits until `condition` holds, under the mutex. False if it does not in time.
  template <class Condition>
  bool Wait(std::unique_lock<std::mutex>* lock, Condition condition);

  PahoWaker& waker_;
  Options options_;
  Answer connack_;
  MQTTAsync handle_ = nullptr;
  mutable std::mutex mutex_;  // For what follows.
  std::condition_variable changed_;
  std::deque<Operation> operations_;
  std::deque<Message> messages_;
  std::deque<int> lost_;  // With the Reason Codes.
};

}  // namespace signet
