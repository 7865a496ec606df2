#include "tools/broker/policy_maker.h"

#include <utility>

#include "auth/policy/access_policy.h"
#include "auth/policy/policy_authorizer.h"
#include "core/access/authorizer.h"
#include "fmt/format.h"

namespace signet {
namespace {

std::shared_ptr<const PortAuthorization> AuthorizationBy(
    std::shared_ptr<const auth::AccessPolicy> policy, uint64_t id, bool disconnects) {
  PortAuthorization authorization{.id = id,
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
    if (without_ == nullptr) without_ = AuthorizationBy(nullptr, ++last_id_, false);
    return without_;
  }
  const auto known = made_.find(settings->name);
  if (known != made_.end() && known->second.settings == *settings) {
    return known->second.authorization;
  }
  const auto made = made_.insert_or_assign(
      settings->name, Made{.settings = *settings, .authorization = Compile(*settings)});
  return made.first->second.authorization;
}

std::shared_ptr<const PortAuthorization> PolicyMaker::Compile(
    const config::BrokerAuthorization& settings) {
  std::shared_ptr<const auth::AccessPolicy> policy = auth::AccessPolicy::Compile(settings);
  log_.Write(LogLevel::kInfo, "policy compiled",
             {{"policy", settings.name},
              {"rules", fmt::format("{}", settings.policies.rules.size())},
              {"bytes", fmt::format("{}", policy->bytes())}});
  return AuthorizationBy(std::move(policy), ++last_id_,
                         settings.policies.on_change == config::PolicyChange::kDisconnect);
}

}  // namespace signet
