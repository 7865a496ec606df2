#include "tests/sim/law.h"

#include <algorithm>
#include <utility>

#include "auth/policy/policy_authorizer.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/mqtt/topic_name.h"

namespace signet::sim {

class Law::Court : public Authorizer {
 public:
  Court(const Law* law, uint32_t shard, std::shared_ptr<const auth::AccessPolicy> policy)
      : law_(*law), shard_(shard), authorizer_(std::move(policy), kRemembered) {}

  bool Allows(const Principal& principal, std::string_view client_id, Action action,
              std::string_view topic, const Manner& manner) override {
    const bool allowed =
        authorizer_.Allows(Proven(principal, client_id), client_id, action, topic, manner);
    if (!law_.verdict_) return allowed;
    return law_.verdict_({.at_home = law_.HomeOf(client_id) == shard_,
                          .client = client_id,
                          .action = action,
                          .topic = topic,
                          .manner = manner},
                         allowed);
  }

 private:
  // So few that they are forgotten for others all the time.
  static constexpr size_t kRemembered = 16;

  // Here nobody is proven, and of nobody nothing would be remembered. The rules look at names
  // alone, so one proof for each will do.
  const Principal& Proven(const Principal& principal, std::string_view client_id) {
    const auto [proven, is_new] = proven_.try_emplace(std::string(client_id), principal);
    if (is_new) proven->second.stamp = proven_.size();
    return proven->second;
  }

  const Law& law_;
  const uint32_t shard_;
  auth::PolicyAuthorizer authorizer_;
  TextMap<Principal> proven_;
};

Law::Law(uint32_t shards, uint64_t seed, Verdict verdict)
    : seed_(seed), verdict_(std::move(verdict)), shards_(shards) {}

Law::~Law() = default;

void Law::Enact(config::BrokerAuthorization settings, bool disconnects) {
  policies_.push_back(
      {.compiled = auth::AccessPolicy::Compile(std::move(settings)), .disconnects = disconnects});
}

bool Law::KnowsNewest(uint32_t shard) const {
  return policies_.empty() ||
         (!shards_[shard].empty() && shards_[shard].back().policy + 1 == policies_.size());
}

// The one before may still be asked about what was left behind; it stays.
void Law::Tell(CoreWorld* world, uint32_t shard, uint32_t step) {
  const size_t newest = policies_.size() - 1;
  courts_.push_back(std::make_unique<Court>(this, shard, policies_[newest].compiled));
  const uint64_t epoch = policies_.size();
  world->shard(shard).BeginTurn(world->now());
  world->shard(shard).SetPort(PortId(0),
                              {.authorizer = courts_.back().get(),
                               .policy_epoch = epoch,
                               .disconnect_before = policies_[newest].disconnects ? epoch : 0});
  shards_[shard].push_back({.policy = newest, .since = step});
}

void Law::TellAll(CoreWorld* world, uint32_t step) {
  for (uint32_t shard = 0; shard < shards_.size(); ++shard) {
    if (!KnowsNewest(shard)) Tell(world, shard, step);
  }
}

bool Law::Allows(size_t policy, const std::string& client, Action action,
                 std::string_view topic) const {
  const auto [known, is_new] =
      read_.try_emplace({policy, client, action, std::string(topic)}, false);
  if (is_new) {
    const Principal nobody;
    known->second =
        policies_[policy]
            .compiled->Explain({.principal = nobody, .client_id = client}, action, topic)
            .allowed;
  }
  return known->second;
}

bool Law::SomeSay(bool allowed, uint32_t shard, const std::string& client, Action action,
                  std::string_view topic, uint32_t since) const {
  const std::vector<InForce>& all = shards_[shard];
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_over = i + 1 < all.size() && all[i + 1].since < since;
    if (!is_over && Allows(all[i].policy, client, action, topic) == allowed) return true;
  }
  return false;
}

bool Law::MayAllow(const std::string& client, Action action, std::string_view topic,
                   uint32_t since) const {
  return !exists() || SomeSay(true, HomeOf(client), client, action, topic, since);
}

bool Law::MayDeny(const std::string& client, Action action, std::string_view topic,
                  uint32_t since) const {
  return exists() && SomeSay(false, HomeOf(client), client, action, topic, since);
}

bool Law::MayDenyAnywhere(const std::string& client, Action action, std::string_view topic,
                          uint32_t since) const {
  for (uint32_t shard = 0; exists() && shard < shards_.size(); ++shard) {
    if (SomeSay(false, shard, client, action, topic, since)) return true;
  }
  return false;
}

bool Law::MaySendAway(const std::string& client, uint32_t since) const {
  if (!exists()) return false;
  return MayDeny(client, Action::kConnect, {}, since) ||
         std::ranges::any_of(shards_[HomeOf(client)], [&](const InForce& one) {
           return one.since >= since && policies_[one.policy].disconnects;
         });
}

std::optional<uint32_t> Law::DeniedSince(std::string_view name, const std::string& client,
                                         Action action, std::string_view topic) const {
  std::optional<uint32_t> since;
  if (!exists()) return since;
  const std::vector<InForce>& all = shards_[HomeOf(name)];
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    if (Allows(one->policy, client, action, topic)) break;
    since = one->since;
  }
  return since;
}

std::optional<uint32_t> Law::Bind(const std::string& client) {
  if (!exists()) return std::nullopt;
  const std::vector<InForce>& all = shards_[HomeOf(client)];
  const size_t last = all.size() - 1;
  const auto [bound, is_first] = bound_.try_emplace(client, last);
  if (!is_first && bound->second == last) return std::nullopt;
  bound->second = last;
  return all[last].since;
}

bool Law::MayReach(const std::string& client, std::string_view topic) const {
  if (!exists()) return true;
  const std::vector<InForce>& all = shards_[HomeOf(client)];
  const auto bound = bound_.find(client);
  for (size_t i = bound == bound_.end() ? 0 : bound->second; i < all.size(); ++i) {
    if (Allows(all[i].policy, client, Action::kSubscribe, topic)) return true;
  }
  return false;
}

uint32_t Law::HomeOf(std::string_view name) const {
  return static_cast<uint32_t>(StableHash(name, seed_) % shards_.size());
}

// -- Drawing.

namespace {

config::BrokerResource TopicsOf(config::BrokerMethod method, std::vector<std::string> topics) {
  return {.method = method, .topics = std::move(topics)};
}

std::vector<std::string> SomeOf(const std::vector<std::string>& all, uint32_t percent,
                                Random* random) {
  std::vector<std::string> some;
  for (const std::string& one : all) {
    if (random->Chance(percent)) some.push_back(std::string(ParseTopicFilter(one)->filter));
  }
  return some;
}

}  // namespace

config::BrokerAuthorization DrawPolicy(const std::vector<Subject>& subjects, bool lets_in,
                                       Random* random) {
  config::BrokerAuthorization settings{.name = "law"};
  std::vector<config::AuthorizationRule>& rules = settings.policies.rules;
  config::AuthorizationRule wills;
  for (const Subject& subject : subjects) {
    const bool all = subject.is_trusted;
    config::AuthorizationRule rule;
    rule.principals.client_ids = {subject.name};
    if (all || lets_in || random->Chance(90)) {
      rule.broker_resources.push_back({.method = config::BrokerMethod::kConnect});
    }
    std::vector<std::string> topics = SomeOf(subject.topics, all ? 100 : 75, random);
    if (!topics.empty()) {
      rule.broker_resources.push_back(TopicsOf(config::BrokerMethod::kPublish, std::move(topics)));
    }
    std::vector<std::string> filters = SomeOf(subject.filters, all ? 100 : 60, random);
    if (!filters.empty()) {
      rule.broker_resources.push_back(
          TopicsOf(config::BrokerMethod::kSubscribe, std::move(filters)));
    }
    if (!rule.broker_resources.empty()) rules.push_back(std::move(rule));
    if (all || lets_in || random->Chance(80)) wills.principals.client_ids.push_back(subject.name);
  }
  wills.broker_resources.push_back(
      TopicsOf(config::BrokerMethod::kPublish, {"will/{principal.clientId}"}));
  rules.push_back(std::move(wills));
  return settings;
}

}  // namespace signet::sim
