// Law: the policies of a simulation, compiled as in production, and which of them each shard had at
// which step. What a client must have been allowed or refused follows from that: by the plain
// reading of the same rules (auth/policy/explanation.h), not by what the broker decides by.
//
// Shards hear of a policy one by one. Bounds of a step belong to it: a policy is thought to be in
// force from the step in which the shard heard of it to the one in which it heard of the next.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "auth/policy/access_policy.h"
#include "core/access/authorizer.h"
#include "tests/sim/random.h"
#include "tests/support/core_world.h"

namespace signet::sim {

// What a shard is asked.
struct Question {
  bool at_home = false;  // Whether the shard is that of the client's Session.
  std::string_view client;
  Action action = Action::kConnect;
  std::string_view topic;
  Manner manner;
};
// Makes another decision of one; for a broker that is wrong on purpose.
using Verdict = std::function<bool(const Question&, bool allowed)>;

class Law {
 public:
  // `seed`: of the world, by which names have their homes.
  Law(uint32_t shards, uint64_t seed, Verdict verdict);
  ~Law();

  // -- Without a policy everything is allowed.
  bool exists() const { return !policies_.empty(); }
  // From now on shards can be told of this one, which may send all clients away that are there.
  void Enact(config::BrokerAuthorization settings, bool disconnects);
  bool KnowsNewest(uint32_t shard) const;
  void Tell(CoreWorld* world, uint32_t shard, uint32_t step);
  void TellAll(CoreWorld* world, uint32_t step);

  // -- What may have been decided at the home of the client since a step, up to now.
  bool MayAllow(const std::string& client, Action action, std::string_view topic,
                uint32_t since) const;
  bool MayDeny(const std::string& client, Action action, std::string_view topic,
               uint32_t since) const;
  // The same on any shard; for Connect, of which the shard is asked that a client comes to.
  bool MayDenyAnywhere(const std::string& client, Action action, std::string_view topic,
                       uint32_t since) const;
  // Whether a client that came then may have been sent away.
  bool MaySendAway(const std::string& client, uint32_t since) const;
  // Since when it is denied without a break, on the shard where `name` is at home; nothing if it is
  // allowed now.
  std::optional<uint32_t> DeniedSince(std::string_view name, const std::string& client,
                                      Action action, std::string_view topic) const;

  // -- What a client is held to. `Bind` says that nothing can come to it any more that an earlier
  // policy than the present one of its home has let through; returns the step since which that one
  // is in force, and nothing if the client was bound by it before.
  std::optional<uint32_t> Bind(const std::string& client);
  // Whether the client may get what is published there: by the policy that binds it, or a later
  // one.
  bool MayReach(const std::string& client, std::string_view topic) const;

  uint32_t HomeOf(std::string_view name) const;

 private:
  class Court;  // The Authorizer of one shard.
  struct InForce {
    size_t policy = 0;
    uint32_t since = 0;  // Step.
  };
  struct Policy {
    std::shared_ptr<const auth::AccessPolicy> compiled;
    bool disconnects = false;
  };

  bool Allows(size_t policy, const std::string& client, Action action,
              std::string_view topic) const;
  // Whether a policy of the shard, since that step, says so.
  bool SomeSay(bool allowed, uint32_t shard, const std::string& client, Action action,
               std::string_view topic, uint32_t since) const;

  const uint64_t seed_;
  const Verdict verdict_;
  std::vector<Policy> policies_;
  std::vector<std::vector<InForce>> shards_;  // By shard, oldest first.
  std::vector<std::unique_ptr<Court>> courts_;
  std::map<std::string, size_t> bound_;  // By client: where it stands in the list of its home.
  // What was read before: by policy, client, action and topic.
  mutable std::map<std::tuple<size_t, std::string, Action, std::string>, bool> read_;
};

// For whom rules are made.
struct Subject {
  std::string name;
  std::vector<std::string> topics;
  std::vector<std::string> filters;
  bool is_trusted = false;  // May always do all of that.
};

// Everybody may do some of what it does; `lets_in`: and everybody may connect, with its Will.
config::BrokerAuthorization DrawPolicy(const std::vector<Subject>& subjects, bool lets_in,
                                       Random* random);

}  // namespace signet::sim
