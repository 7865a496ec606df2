// What operators take back.
#include "auth/auth_shard.h"

namespace signet::auth {

bool AuthShard::BeginRevocation(const Revocation& revocation) {
  const bool is_listed = revocation.is_of_credential() && revocations_.Add(revocation, clock_.wall);
  // What is listed is held against every verdict, remembered or not.
  if (!is_listed) cache_.Clear();
  return is_listed || !revocation.is_of_credential();
}

bool AuthShard::RevokeSome(const Revocation& revocation, uint32_t slots, uint32_t* slot,
                           uint64_t* ended) {
  for (uint32_t i = 0; i < slots; ++i) {
    const bool more = grants_.VisitSlot((*slot)++, [&](Grant& grant) {
      if (grant.ended) return;
      const RevocationSubject subject{.method = grant.judge->method().name(),
                                      .username = grant.username,
                                      .identity = grant.identity,
                                      .credential = grant.credential.get()};
      if (!Matches(revocation, subject)) return;
      revocations_.Has(subject.credential);  // So that it is known when it ends.
      End(grant, std::string(kRevokedByOperator), &AuthCounters::by_operator);
      ++*ended;
    });
    if (!more) return false;
  }
  return true;
}

}  // namespace signet::auth
