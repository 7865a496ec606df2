#include "tools/broker/policy_maker.h"

#include <utility>

#include "auth/policy/access_policy.h"
#include "auth/policy/policy_authorizer.h"
#include "core/access/authorizer.h"
#include "fmt/format.h"

namespace signet {
namespace {

std::shared_ptr<const PortAuthorization> AuthorizationBy(
    std::shared_ptr<const auth::AccessPolicy> policy, uint64_t id, uint64_t revision,
    bool disconnects) {
  PortAuthorization authorization{.id = id,
                                  .revision = revision,
                                  .disconnects = disconnects,
                                  .policy = policy != nullptr ? policy->name() : std::string()};
  authorization.make = [policy = std::move(policy)]() -> std::unique_ptr<Authorizer> {
    return std::make_unique<auth::PolicyAuthorizer>(policy);
  };
  return std::make_shared<const PortAuthorization>(std::move(authorization));
}

}  // namespace

void PolicyMaker::Begin(const config::Configuration& configuration) {
  std::erase_if(made_, [&](const auto& made) {
    return !configuration.authorizations.contains(made.first) &&
           made.second.authorization.use_count() == 1;
  });
}

std::shared_ptr<const PortAuthorization> PolicyMaker::Make(
    const config::BrokerAuthorization* settings) {
  if (settings == nullptr) {
    if (without_ == nullptr) without_ = AuthorizationBy(nullptr, ++last_id_, 0, false);
    return without_;
  }
  const auto known = made_.find(settings->name);
  const bool same = known != made_.end() && known->second.settings == *settings;
  if (same && StandAtSamePlaces(known->second.settings, *settings)) {
    return known->second.authorization;
  }
  const uint64_t id = same ? known->second.authorization->id : ++last_id_;
  const auto made = made_.insert_or_assign(
      settings->name, Made{.settings = *settings, .authorization = Compile(*settings, id)});
  return made.first->second.authorization;
}

std::shared_ptr<const PortAuthorization> PolicyMaker::Compile(
    const config::BrokerAuthorization& settings, uint64_t id) {
  std::shared_ptr<const auth::AccessPolicy> policy = auth::AccessPolicy::Compile(settings);
  log_.Write(LogLevel::kInfo, "policy compiled",
             {{"policy", settings.name},
              {"rules", fmt::format("{}", settings.policies.rules.size())},
              {"bytes", fmt::format("{}", policy->bytes())}});
  return AuthorizationBy(std::move(policy), id, ++last_revision_,
                         settings.policies.on_change == config::PolicyChange::kDisconnect);
}

}  // namespace signet
