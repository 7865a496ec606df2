#include "core/broker/denial_log.h"

#include <string>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "fmt/format.h"

namespace signet {
namespace {

// As manifests name it.
std::string_view NameOfAction(Action action) {
  switch (action) {
    case Action::kConnect:
      return "Connect";
    case Action::kPublish:
      return "Publish";
    case Action::kSubscribe:
      return "Subscribe";
  }
  UNREACHABLE();
}

}  // namespace

void DenialLog::Write(const Denial& denial, const Authorizer& authorizer) {
  const uint64_t key = KeyOf(denial);
  if (written_.contains(key) || !rate_.Allow(context_.now)) return;
  Remember(key);
  const std::string why = authorizer.Reason(denial.principal, denial.client_id, denial.action,
                                            denial.topic, denial.manner);
  const uint64_t left_out = rate_.TakeSuppressed();
  context_.log.Write(LogLevel::kWarning, "not allowed",
                     {{"client_id", denial.client_id},
                      {"username", denial.principal.username},
                      {"identity", denial.principal.identity},
                      {"action", NameOfAction(denial.action)},
                      {"topic", denial.topic},
                      {"why", why},
                      {"not_logged_before", fmt::format("{}", left_out)}});
}

// Who comes back under the same name as somebody else is another client.
uint64_t DenialLog::KeyOf(const Denial& denial) const {
  uint64_t key = context_.hash_seed ^
                 (uint64_t{denial.port.value()} << 8 | static_cast<uint8_t>(denial.action));
  for (const std::string_view part : {denial.client_id, std::string_view(denial.principal.username),
                                      std::string_view(denial.principal.identity), denial.topic}) {
    key = StableHash(part, key);
  }
  return key;
}

void DenialLog::Remember(uint64_t key) {
  const uint64_t most = context_.limits.logged_denials;
  while (!order_.empty() && order_.size() >= most) written_.erase(order_.Pop());
  if (most == 0) return;
  written_.insert(key);
  order_.Push(key);
}

void DenialLog::Forget() {
  written_.clear();
  while (!order_.empty()) order_.DropFront();
}

}  // namespace signet
