#include "tools/broker/policy_maker.h"

#include <utility>

#include "auth/policy/access_policy.h"
#include "auth/policy/policy_authorizer.h"
#include "core/access/authorizer.h"

namespace signet {
namespace {

std::shared_ptr<const PortAuthorization> AuthorizationBy(
    std::shared_ptr<const auth::AccessPolicy> policy, uint64_t epoch, bool disconnects) {
  PortAuthorization authorization{
      .epoch = epoch, .disconnects = disconnects, .has_policy = policy != nullptr};
  authorization.make = [policy = std::move(policy)]() -> std::unique_ptr<Authorizer> {
    return std::make_unique<auth::PolicyAuthorizer>(policy);
  };
  return std::make_shared<const PortAuthorization>(std::move(authorization));
}

}  // namespace

void PolicyMaker::Begin() { before_ = std::exchange(made_, {}); }

std::shared_ptr<const PortAuthorization> PolicyMaker::Make(
    const config::BrokerAuthorization* settings) {
  if (settings == nullptr) {
    if (without_ == nullptr) without_ = AuthorizationBy(nullptr, ++last_epoch_, false);
    return without_;
  }
  const auto known = made_.find(settings->name);
  if (known != made_.end()) return known->second.authorization;
  Made made{.settings = *settings, .authorization = nullptr};
  const auto before = before_.find(settings->name);
  if (before != before_.end() && before->second.settings == *settings) {
    made.authorization = before->second.authorization;
  } else {
    made.authorization =
        AuthorizationBy(auth::AccessPolicy::Compile(*settings), ++last_epoch_,
                        settings->policies.on_change == config::PolicyChange::kDisconnect);
  }
  return made_.emplace(settings->name, std::move(made)).first->second.authorization;
}

}  // namespace signet
