// A client of Eclipse Paho's MQTTAsync with a token, led by a test in Python
// (../python/support/led_client.py). It is subscribed to `t`; it cannot authenticate again, as Paho
// C has no AUTH.
//
// usage: token_client PORT CLIENT-ID VERSION, with the token as the first line of its input, at
// whose end it goes. Out: {"event": "connect" | "error" | "message" | "end", ...}, one a line.
#include <MQTTAsync.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "tests/system/paho_c/property_list.h"

namespace {

constexpr const char* kMethod = "K8S-SAT";

// `more` is the rest of the object.
void Tell(std::string_view event, std::string_view more = "") {
  fmt::print("{{\"event\": \"{}\"{}}}\n", event, more);
  std::fflush(stdout);
}

void TellError(int code) { Tell("error", fmt::format(", \"code\": {}", code)); }

// Of 5.0 and of 3.1.1; Paho wants the calls of one of them alone.
void Subscribe5(void* context, MQTTAsync_successData5*) {
  MQTTAsync_responseOptions call = MQTTAsync_responseOptions_initializer;
  call.onSuccess5 = [](void*, MQTTAsync_successData5*) { Tell("connect"); };
  MQTTAsync_subscribe(*static_cast<MQTTAsync*>(context), "t", 1, &call);
}

void Subscribe(void* context, MQTTAsync_successData*) {
  MQTTAsync_responseOptions call = MQTTAsync_responseOptions_initializer;
  call.onSuccess = [](void*, MQTTAsync_successData*) { Tell("connect"); };
  MQTTAsync_subscribe(*static_cast<MQTTAsync*>(context), "t", 1, &call);
}

int OnMessage(void*, char* topic, int, MQTTAsync_message* message) {
  const std::string_view payload(static_cast<const char*>(message->payload),
                                 static_cast<size_t>(message->payloadlen));
  Tell("message", fmt::format(", \"payload\": \"{}\"", payload));
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  std::string token;
  if (count != 4 || !std::getline(std::cin, token)) return EXIT_FAILURE;
  const bool v5 = arguments[3] == std::string_view("5");
  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer;
  create.MQTTVersion = v5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
  MQTTAsync client = nullptr;
  MQTTAsync_createWithOptions(&client, fmt::format("tcp://127.0.0.1:{}", arguments[1]).c_str(),
                              arguments[2], MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
  const auto on_lost = [](void*, char*) { Tell("end"); };
  MQTTAsync_setCallbacks(client, &client, on_lost, OnMessage, nullptr);

  signet::PropertyList properties;
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  if (v5) {
    connect = MQTTAsync_connectOptions_initializer5;
    properties.Add(MQTTPROPERTY_CODE_AUTHENTICATION_METHOD, kMethod);
    properties.Add(MQTTPROPERTY_CODE_AUTHENTICATION_DATA, token);
    connect.connectProperties = const_cast<MQTTProperties*>(&properties.get());
    connect.onSuccess5 = Subscribe5;
    // Paho gives that of CONNACK as either.
    connect.onFailure5 = [](void*, MQTTAsync_failureData5* data) {
      TellError(data->reasonCode != 0 ? data->reasonCode : data->code);
    };
  } else {
    connect.username = kMethod;
    connect.password = token.c_str();
    connect.onSuccess = Subscribe;
    connect.onFailure = [](void*, MQTTAsync_failureData* data) { TellError(data->code); };
  }
  connect.MQTTVersion = create.MQTTVersion;
  connect.context = &client;
  MQTTAsync_connect(client, &connect);
  while (std::getline(std::cin, token)) {
  }
  MQTTAsync_destroy(&client);
  return EXIT_SUCCESS;
}
