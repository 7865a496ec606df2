// ScriptedMethod: a method of authentication that a test plays. `K8S-SAT` with the token
// NAME[/UNTIL] is relevant to it, unless the test says otherwise: the token is its evidence. What
// it is asked waits until the test answers, and so does each step of an exchange.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "auth/method.h"

namespace signet::auth {

// Outlives the methods that report to it.
struct Script {
  struct Asked {
    std::string token;
    Method::Done done;
  };
  std::deque<Asked> asked;
  // Of exchanges, if it has any: begun for credentials whose data begins with this. Each step waits
  // as a question does.
  struct Step {
    std::string data;
    Exchange::Done done;
  };
  std::optional<std::string> exchanges_for;
  std::deque<Step> steps;
  std::optional<Exchange::Step> step_at_once;
  int exchanges = 0;  // Present ones.
  // Answers at once, if set.
  std::optional<Verdict> at_once;
  std::string name = "ServiceAccountToken";
  std::string mqtt_method = "K8S-SAT";
  // Whose credentials are for it, if it is not the name of the method that decides.
  std::function<bool(const Credentials& credentials)> is_relevant;
  bool remembers = true;
  // By the evidence alone; then is_relevant has to agree.
  bool is_relevant_by_evidence = false;
  bool yields = false;
  bool reauthenticates = true;
  bool keeps = false;
  Duration recheck{};
  std::function<void(WallTime now, Readings* readings)> report;
  int made = 0;
  int verified = 0;

  void AnswerStep(Exchange::Step step) {
    Step first = std::move(steps.front());
    steps.pop_front();
    std::move(first.done)(std::move(step));
  }
  void Answer(Verdict verdict) {
    Asked first = std::move(asked.front());
    asked.pop_front();
    std::move(first.done)(std::move(verdict));
  }
};

class ScriptedExchange : public Exchange {
 public:
  explicit ScriptedExchange(Script* script) : script_(*script) { ++script_.exchanges; }
  ~ScriptedExchange() override { --script_.exchanges; }

  void Take(const Credentials& step, WallTime, Done done) override {
    script_.steps.push_back({std::string(step.authentication_data.text()), std::move(done)});
    if (script_.step_at_once) script_.AnswerStep(*script_.step_at_once);
  }

 private:
  Script& script_;
};

class ScriptedMethod : public Method {
 public:
  explicit ScriptedMethod(Script* script) : script_(*script) { ++script_.made; }

  std::string_view name() const override { return script_.name; }
  bool IsRelevant(const Credentials& credentials) const override {
    if (script_.is_relevant) return script_.is_relevant(credentials);
    return credentials.authentication_method == script_.mqtt_method;
  }
  SecretBytes Evidence(const Credentials& credentials) const override {
    return script_.remembers ? credentials.authentication_data : SecretBytes();
  }
  bool is_relevant_by_evidence() const override { return script_.is_relevant_by_evidence; }
  std::unique_ptr<Exchange> Begin(const Credentials& credentials) override {
    const std::string_view data = credentials.authentication_data.text();
    if (!script_.exchanges_for || !data.starts_with(*script_.exchanges_for)) return nullptr;
    return std::make_unique<ScriptedExchange>(&script_);
  }
  void Verify(const Credentials& credentials, WallTime, Done done) override {
    ++script_.verified;
    if (script_.at_once) return std::move(done)(*script_.at_once);
    script_.asked.push_back({std::string(credentials.authentication_data.text()), std::move(done)});
  }
  bool yields_when_unavailable() const override { return script_.yields; }
  bool may_reauthenticate() const override { return script_.reauthenticates; }
  Duration recheck_interval() const override { return script_.recheck; }
  void Report(WallTime now, Readings* readings) const override {
    if (script_.report) script_.report(now, readings);
  }
  bool keeps_credentials() const override { return script_.keeps || script_.recheck.count() > 0; }

 private:
  Script& script_;
};

inline Accepted AcceptedAs(std::string identity, WallTime deadline = WallTime::Never()) {
  Principal principal{.identity = std::move(identity), .deadline = deadline};
  return {.principal = std::move(principal)};
}

}  // namespace signet::auth
