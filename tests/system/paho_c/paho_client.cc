#include "tests/system/paho_c/paho_client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace signet {
namespace {

using Answer = PahoClient::Answer;

// Far longer than anything takes, sanitizers and a busy machine included.
constexpr std::chrono::seconds kPatience{60};

// So often Paho is woken while we wait.
constexpr std::chrono::milliseconds kBeat{5};

constexpr uint32_t kNeverExpires = 0xFFFFFFFF;

Answer AnswerOf(const MQTTAsync_failureData* data) {
  return {.code = data == nullptr || data->code >= 0 ? -1 : data->code};
}

Answer AnswerOf(const MQTTAsync_failureData5* data) {
  if (data == nullptr) return {};
  return {.code = data->reasonCode != 0 ? data->reasonCode : -1};
}

}  // namespace

PahoClient::PahoClient(PahoWaker* waker, uint16_t port, Options options)
    : waker_(*waker), options_(std::move(options)) {
  const std::string uri = fmt::format("{}://127.0.0.1:{}", SchemeOf(options_.transport), port);
  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer;
  create.MQTTVersion = options_.version;
  EXPECT_EQ(MQTTAsync_createWithOptions(&handle_, uri.c_str(), options_.client_id.c_str(),
                                        MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create),
            MQTTASYNC_SUCCESS);
  // One or the other, depending on whether the broker says DISCONNECT.
  const auto on_lost = [](void* context, char*) { OnLost(context, 0); };
  const auto on_disconnected = [](void* context, MQTTProperties*, MQTTReasonCodes reason) {
    OnLost(context, reason);
  };
  EXPECT_EQ(MQTTAsync_setCallbacks(handle_, this, on_lost, OnMessage, nullptr), MQTTASYNC_SUCCESS);
  EXPECT_EQ(MQTTAsync_setDisconnected(handle_, this, on_disconnected), MQTTASYNC_SUCCESS);
  connack_ = Connect();
}

PahoClient::~PahoClient() { MQTTAsync_destroy(&handle_); }

bool PahoClient::Resume() {
  options_.clean = false;
  connack_ = Connect();
  return connack_.session_present;
}

Answer PahoClient::Connect() {
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  if (v5()) connect = MQTTAsync_connectOptions_initializer5;
  PropertyList properties;
  PropertyList will_properties;
  MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
  const std::string ca = IsEncrypted(options_.transport) ? ServerCertificate().string() : "";
  MQTTAsync_SSLOptions ssl = MQTTAsync_SSLOptions_initializer;
  ssl.trustStore = ca.c_str();
  ssl.verify = 1;  // The name as well.
  if (!ca.empty()) connect.ssl = &ssl;
  // No onFailure: Paho would call that of a new connection for the end of the one before.
  connect.MQTTVersion = options_.version;
  connect.context = Begin();
  if (v5()) {
    connect.cleanstart = options_.clean;
    if (!options_.clean) {
      properties.Add(MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL, kNeverExpires);
    }
    if (options_.topic_alias_maximum != 0) {
      properties.Add(MQTTPROPERTY_CODE_TOPIC_ALIAS_MAXIMUM, options_.topic_alias_maximum);
    }
    connect.connectProperties = const_cast<MQTTProperties*>(&properties.get());
    connect.onSuccess5 = [](void* context, MQTTAsync_successData5* data) {
      Finish(context, {.code = data->reasonCode,
                       .session_present = data->alt.connect.sessionPresent != 0,
                       .topic_alias_maximum =
                           NumberOf(data->properties, MQTTPROPERTY_CODE_TOPIC_ALIAS_MAXIMUM)});
    };
  } else {
    connect.cleansession = options_.clean;
    connect.onSuccess = [](void* context, MQTTAsync_successData* data) {
      Finish(context, {.code = 0, .session_present = data->alt.connect.sessionPresent != 0});
    };
  }
  if (options_.will) {
    will.topicName = options_.will->topic.c_str();
    will.payload = {.len = static_cast<int>(options_.will->payload.size()),
                    .data = options_.will->payload.data()};
    will.qos = options_.will->qos;
    will.retained = options_.will->retained;
    connect.will = &will;
    if (options_.will_delay_s != 0) {
      will_properties.Add(MQTTPROPERTY_CODE_WILL_DELAY_INTERVAL, options_.will_delay_s);
      connect.willProperties = const_cast<MQTTProperties*>(&will_properties.get());
    }
  }
  EXPECT_EQ(MQTTAsync_connect(handle_, &connect), MQTTASYNC_SUCCESS);
  const Answer answer = Await(static_cast<Operation*>(connect.context), "CONNACK");
  EXPECT_EQ(answer.code, 0) << "CONNACK for " << options_.client_id;
  return answer;
}

MQTTAsync_responseOptions PahoClient::CallOptions(Operation* operation) const {
  MQTTAsync_responseOptions call = MQTTAsync_responseOptions_initializer;
  call.context = operation;
  if (v5()) {
    call.onSuccess5 = [](void* context, MQTTAsync_successData5* data) {
      Finish(context, {.code = data->reasonCode});
    };
    call.onFailure5 = [](void* context, MQTTAsync_failureData5* data) {
      Finish(context, AnswerOf(data));
    };
  } else {
    call.onSuccess = [](void* context, MQTTAsync_successData*) { Finish(context, {.code = 0}); };
    call.onFailure = [](void* context, MQTTAsync_failureData* data) {
      Finish(context, AnswerOf(data));
    };
  }
  return call;
}

int PahoClient::Subscribe(const std::string& filter, int qos, uint32_t subscription_identifier) {
  Operation* const operation = Begin();
  MQTTAsync_responseOptions call = CallOptions(operation);
  PropertyList properties;
  if (subscription_identifier != 0) {
    properties.Add(MQTTPROPERTY_CODE_SUBSCRIPTION_IDENTIFIER, subscription_identifier);
  }
  call.properties = properties.get();
  if (!v5()) {
    call.onSuccess = [](void* context, MQTTAsync_successData* data) {
      Finish(context, {.code = data->alt.qos});
    };
  }
  EXPECT_EQ(MQTTAsync_subscribe(handle_, filter.c_str(), qos, &call), MQTTASYNC_SUCCESS);
  return Await(operation, "SUBACK").code;
}

void PahoClient::Unsubscribe(const std::string& filter) {
  Operation* const operation = Begin();
  MQTTAsync_responseOptions call = CallOptions(operation);
  EXPECT_EQ(MQTTAsync_unsubscribe(handle_, filter.c_str(), &call), MQTTASYNC_SUCCESS);
  EXPECT_EQ(Await(operation, "UNSUBACK").code, 0);
}

size_t PahoClient::Send(const Message& message, const PropertyList& properties) {
  MQTTAsync_message sent = MQTTAsync_message_initializer;
  sent.payload = const_cast<char*>(message.payload.data());
  sent.payloadlen = static_cast<int>(message.payload.size());
  sent.qos = message.qos;
  sent.retained = message.retained;
  sent.properties = properties.get();
  MQTTAsync_responseOptions call = CallOptions(Begin());
  EXPECT_EQ(MQTTAsync_sendMessage(handle_, message.topic.c_str(), &sent, &call), MQTTASYNC_SUCCESS);
  return operations_.size() - 1;
}

void PahoClient::Await(size_t operation) {
  // 0x10 says that nobody has subscribed.
  const int code = Await(&operations_[operation], "the acknowledgement of a message").code;
  EXPECT_TRUE(code == 0 || code == MQTTREASONCODE_NO_MATCHING_SUBSCRIBERS) << code;
}

void PahoClient::Publish(const Message& message, const PropertyList& properties) {
  Await(Send(message, properties));
}

template <class Condition>
bool PahoClient::Wait(std::unique_lock<std::mutex>* lock, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!changed_.wait_for(*lock, kBeat, condition)) {
    if (std::chrono::steady_clock::now() > end) return false;
    waker_.Wake();
  }
  return true;
}

std::vector<PahoClient::Message> PahoClient::Take(size_t count) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(Wait(&lock, [&] { return messages_.size() >= count; }))
      << options_.client_id << ": " << count << " awaited, " << messages_.size() << " came";
  std::vector<Message> taken;
  while (taken.size() < count && !messages_.empty()) {
    taken.push_back(std::move(messages_.front()));
    messages_.pop_front();
  }
  taken.resize(count);
  return taken;
}

PahoClient::Message PahoClient::Next() { return Take(1).front(); }

size_t PahoClient::waiting() const {
  const std::unique_lock lock(mutex_);
  return messages_.size();
}

void PahoClient::Disconnect(MQTTReasonCodes reason) {
  MQTTAsync_disconnectOptions disconnect = MQTTAsync_disconnectOptions_initializer;
  if (v5()) disconnect = MQTTAsync_disconnectOptions_initializer5;
  Operation* const operation = Begin();
  disconnect.context = operation;
  disconnect.reasonCode = reason;
  if (v5()) {
    disconnect.onSuccess5 = [](void* context, MQTTAsync_successData5*) {
      Finish(context, {.code = 0});
    };
  } else {
    disconnect.onSuccess = [](void* context, MQTTAsync_successData*) {
      Finish(context, {.code = 0});
    };
  }
  EXPECT_EQ(MQTTAsync_disconnect(handle_, &disconnect), MQTTASYNC_SUCCESS);
  Await(operation, "the end after DISCONNECT");
}

int PahoClient::AwaitLost() {
  std::unique_lock lock(mutex_);
  const bool lost = Wait(&lock, [&] { return !lost_.empty(); });
  EXPECT_TRUE(lost) << options_.client_id << " is still connected";
  if (!lost) return -1;
  const int reason = lost_.front();
  lost_.pop_front();
  return reason;
}

int PahoClient::OnMessage(void* context, char* topic, int length, MQTTAsync_message* message) {
  Message received{
      .topic = length > 0 ? std::string(topic, static_cast<size_t>(length)) : std::string(topic),
      .payload = std::string(static_cast<const char*>(message->payload),
                             static_cast<size_t>(message->payloadlen)),
      .qos = message->qos,
      .retained = message->retained != 0,
      .duplicate = message->dup != 0,
      .topic_alias = NumberOf(message->properties, MQTTPROPERTY_CODE_TOPIC_ALIAS),
      .properties = Describe(message->properties)};
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  auto* const client = static_cast<PahoClient*>(context);
  const std::unique_lock lock(client->mutex_);
  client->messages_.push_back(std::move(received));
  client->changed_.notify_all();
  return 1;  // It is ours now.
}

void PahoClient::OnLost(void* context, int reason) {
  auto* const client = static_cast<PahoClient*>(context);
  const std::unique_lock lock(client->mutex_);
  client->lost_.push_back(reason);
  client->changed_.notify_all();
}

void PahoClient::Finish(void* context, const Answer& answer) {
  auto* const operation = static_cast<Operation*>(context);
  PahoClient* const client = operation->client;
  const std::unique_lock lock(client->mutex_);
  operation->answer = answer;
  client->changed_.notify_all();
}

PahoClient::Operation* PahoClient::Begin() {
  const std::unique_lock lock(mutex_);
  return &operations_.emplace_back(Operation{.client = this, .answer = {}});
}

Answer PahoClient::Await(Operation* operation, std::string_view what) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(Wait(&lock, [&] { return operation->answer.has_value(); }))
      << options_.client_id << ": not in time: " << what;
  return operation->answer.value_or(Answer{});
}

}  // namespace signet
