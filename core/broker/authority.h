// Authority: what the clients of each port may do, as one shard knows it. Every path of core/broker
// asks here, so that none can differ from another (docs/decisions/0005-authorization.md): whoever
// acts now, and who left something behind. Used on the shard's thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/access/author.h"
#include "core/access/authorizer.h"
#include "core/broker/denial_log.h"
#include "core/broker/shard_context.h"
#include "core/session/session.h"

namespace signet {

// What is particular to the clients of one port.
struct PortAccess {
  bool authenticates = false;  // Whether the auth shard decides who comes in.
  // Null: everything is allowed. The caller's; lives until the port has another one, or has been
  // replaced: what clients of a port that is gone have left behind is still asked about.
  Authorizer* authorizer = nullptr;
  // Which policy that is: a later one has a greater number. Alike on all shards.
  uint64_t policy_epoch = 0;
  // Clients that were let in by an earlier policy than this are sent away instead of being judged.
  uint64_t disconnect_before = 0;
  // For what precedes CONNECT, and for CONNECT; 0: Limits::connect_timeout_s.
  uint32_t handshake_timeout_s = 0;
  uint32_t connect_timeout_s = 0;
  bool closed = false;  // For good; who comes from another shard comes too late.
};

class Authority {
 public:
  Authority(ShardContext* context, std::vector<PortAccess> ports);

  // -- Ports.
  const PortAccess& port(PortId id) const { return ports_[id.value()].access; }
  // Its own policy governs it. Whether that is another one than before. One that is closed stays
  // so.
  bool SetPort(PortId id, const PortAccess& access);
  // Its last policy still binds what its clients have left behind.
  void ClosePort(PortId id);
  // Closes it, and until it has one of its own again whatever governs `heir` binds them.
  void ReplacePort(PortId id, PortId heir);

  // Whether there is a policy at all, and which.
  bool Governs(PortId port) const { return Governing(port).authorizer != nullptr; }
  uint64_t EpochOf(PortId port) const { return Governing(port).policy_epoch; }

  // The port whose policy binds the clients of this one: itself, unless it was replaced.
  PortId GovernorOf(PortId port) const { return ports_[port.value()].governor; }

  // -- The decision, see Authorizer. Allows() counts a refusal and has it logged (DenialLog),
  // Permits() does neither.
  bool Allows(PortId port, const Principal& principal, std::string_view client_id, Action action,
              std::string_view topic, const Manner& manner) {
    if (Permits(port, principal, client_id, action, topic, manner)) [[likely]]
      return true;
    Deny({.port = port,
          .principal = principal,
          .client_id = client_id,
          .action = action,
          .topic = topic,
          .manner = manner});
    return false;
  }
  bool Permits(PortId port, const Principal& principal, std::string_view client_id, Action action,
               std::string_view topic, const Manner& manner) const {
    Authorizer* authorizer = Governing(port).authorizer;
    return authorizer == nullptr || authorizer->Allows(principal, client_id, action, topic, manner);
  }
  bool Permits(const Author& author, Action action, std::string_view topic,
               const Manner& manner) const {
    return Permits(author.port, author.principal, author.client_id, action, topic, manner);
  }

  // -- Sessions without a Network Connection: as whom they were held last. Null: bound by nothing.
  void Keep(const Session& session, SharedAuthor author);
  void Forget(const Session& session) { absent_.erase(session.id); }
  SharedAuthor AuthorOf(const Session& session) const;
  // Whether the Session, present or absent, may still be sent what is published there with this
  // QoS: the Topic Name, asked about as a Topic Filter, would be granted for as much, or, where a
  // token has a say, which can allow a filter and not what it matches, one of its Subscriptions
  // would bring it. `comparisons` counts the filters looked at for that; beyond kMostComparisons
  // none is found.
  bool MayReceive(const Session& session, std::string_view topic_name, QoS qos,
                  size_t* comparisons) const;
  static constexpr size_t kMostComparisons = 100'000;

 private:
  struct Entry {
    PortAccess access;
    PortId heir;      // Itself, unless it was replaced.
    PortId governor;  // At the end of the heirs.
  };

  const PortAccess& Governing(PortId port) const {
    return ports_[ports_[port.value()].governor.value()].access;
  }
  bool MayReceive(const Session& session, PortId port, const Principal& principal,
                  std::string_view topic_name, QoS qos, size_t* comparisons) const;
  void Add(const PortAccess& access);
  void Need(PortId port);
  void FindGovernors();
  // Of a port, by the policy that governs it.
  void Deny(DenialLog::Denial denial);

  ShardContext& context_;
  std::vector<Entry> ports_;
  absl::flat_hash_map<SessionId, SharedAuthor> absent_;
  DenialLog denials_;
};

}  // namespace signet
