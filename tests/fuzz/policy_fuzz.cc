// A policy and questions about it: the compiled one must say what its rules say when they are asked
// one by one, and what is said for people is printable. Input: lines. `u NAME`, `c ID` and `a
// X=Y;Z=W` add to whom the rule is for, `P TOPIC`, `S TOPIC`, `C PATTERN` to what it allows, `r`
// begins the next rule; `? ID USERNAME X=Y;Z=W` sets the client, and `p TOPIC`, `s FILTER`, `k` ask
// about it.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/policy/access_policy.h"
#include "auth/policy/warnings.h"
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::policy_fuzz {
namespace {

constexpr size_t kMaxLines = 200;

struct Question {
  std::string client_id;
  Principal principal;
  Action action;
  std::string topic;
};

std::string_view TakeUntil(char end, std::string_view* rest) {
  const size_t at = std::min(rest->find(end), rest->size());
  const std::string_view text = rest->substr(0, at);
  rest->remove_prefix(std::min(at + 1, rest->size()));
  return text;
}

config::TextByName PairsOf(std::string_view text) {
  config::TextByName pairs;
  while (!text.empty()) {
    std::string_view pair = TakeUntil(';', &text);
    const std::string_view name = TakeUntil('=', &pair);
    pairs[std::string(name)] = std::string(pair);
  }
  return pairs;
}

class Reader {
 public:
  Reader() { policy_.policies.rules.emplace_back(); }

  void Read(std::string_view line) {
    const char kind = line.empty() ? '\0' : line.front();
    const std::string_view text = line.size() > 2 ? line.substr(2) : std::string_view();
    if (ReadPrincipal(kind, text) || ReadResource(kind, text)) return;
    if (kind == 'r') policy_.policies.rules.emplace_back();
    if (kind == '?') ReadClient(text);
    if (kind == 'p') Ask(Action::kPublish, text);
    if (kind == 's') Ask(Action::kSubscribe, text);
    if (kind == 'k') Ask(Action::kConnect, {});
  }
  config::BrokerAuthorization TakePolicy() { return std::move(policy_); }
  const std::vector<Question>& questions() const { return questions_; }

 private:
  bool ReadPrincipal(char kind, std::string_view text) {
    config::Principals& principals = policy_.policies.rules.back().principals;
    if (kind == 'u') {
      principals.usernames.emplace_back(text);
    } else if (kind == 'c') {
      principals.client_ids.emplace_back(text);
    } else if (kind == 'a') {
      principals.attributes.push_back(PairsOf(text));
    } else {
      return false;
    }
    return true;
  }
  // What core/config would not let pass is left out.
  bool ReadResource(char kind, std::string_view text) {
    config::BrokerResource resource;
    resource.origin = {.file = "a", .line = 1};
    if (kind == 'C') {
      resource.method = config::BrokerMethod::kConnect;
      if (!config::CheckClientIdPattern(text).ok()) return true;
      resource.client_ids.emplace_back(text);
    } else if (kind == 'P' || kind == 'S') {
      resource.method =
          kind == 'P' ? config::BrokerMethod::kPublish : config::BrokerMethod::kSubscribe;
      if (!config::CheckTopicPattern(text).ok()) return true;
      resource.topics.emplace_back(text);
    } else {
      return false;
    }
    policy_.policies.rules.back().broker_resources.push_back(std::move(resource));
    return true;
  }
  void ReadClient(std::string_view text) {
    client_id_ = TakeUntil(' ', &text);
    principal_.username = TakeUntil(' ', &text);
    principal_.attributes.clear();
    for (const auto& [name, value] : PairsOf(text)) principal_.attributes.emplace_back(name, value);
  }
  void Ask(Action action, std::string_view topic) {
    questions_.push_back({.client_id = client_id_,
                          .principal = principal_,
                          .action = action,
                          .topic = std::string(topic)});
  }

  config::BrokerAuthorization policy_;
  std::string client_id_;
  Principal principal_;
  std::vector<Question> questions_;
};

void Check(const auth::AccessPolicy& policy, const Question& question) {
  const auth::Client client{.principal = question.principal, .client_id = question.client_id};
  const bool allowed = policy.Allows(client, question.action, question.topic);
  const auth::Explanation why = policy.Explain(client, question.action, question.topic);
  CHECK(why.allowed == allowed);
  CHECK(!why.sentence.empty() && IsPrintableLine(why.sentence));
}

}  // namespace

FUZZ_TARGET(policy) {
  Input input(data, size);
  Reader reader;
  for (size_t i = 0; i < kMaxLines && !input.empty(); ++i) reader.Read(input.Line());
  const auth::AccessPolicy policy(reader.TakePolicy());
  for (const auto& question : reader.questions()) Check(policy, question);
  for (const auto& problem : auth::WarningsOf(policy.settings())) {
    CHECK(IsPrintableLine(config::ToLine(problem)));
  }
  return 0;
}

}  // namespace signet::fuzz::policy_fuzz
