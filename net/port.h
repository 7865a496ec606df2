// Port: where the broker listens and how it takes in who comes there. Made by the control thread,
// the same for all shards, and never changed: a reload makes a new one, with the same PortId unless
// its clients are to go. What shards share of it is counted (std::shared_ptr): touched when a
// client comes or goes and on a reload, never by a PUBLISH.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/access/auth_desk.h"
#include "core/access/authorizer.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "net/listen_address.h"
#include "net/network_set.h"
#include "net/proxy_header.h"
#include "net/transport.h"

namespace signet {

// Who may say, and in which version of the PROXY protocol, for whom it speaks.
struct ProxyRule {
  ProxyVersions versions = ProxyVersions::kBoth;
  NetworkSet trusted;  // Others are refused.
};

// By what the shards decide what the clients of a port may do.
struct PortAuthorization {
  // For one shard, made on its thread. All that are made answer alike, by one policy that never
  // changes.
  std::function<std::unique_ptr<Authorizer>()> make;
  uint64_t id = 0;           // Of that policy: another one has another number. Not 0.
  uint64_t revision = 0;     // Greater if it is that policy, but explained otherwise from now on.
  bool disconnects = false;  // Clients let in by an earlier policy are sent away, not judged.
  std::string policy;        // Its name; empty: a credential's own word is all that binds a client.
};

struct PortSettings {
  // For the log.
  std::string name;
  ListenAddress address;
  // What lies between the socket and MQTT, made for each connection, on any shard's thread; null:
  // nothing does.
  std::function<std::unique_ptr<Transport>()> make_transport;
  bool is_encrypted = false;  // TLS is part of it.
  // Null: whoever connects is the client.
  std::shared_ptr<const ProxyRule> proxy;
  // By what the auth shard decides who comes in; null: no authentication.
  std::shared_ptr<const config::BrokerAuthentication> authentication;
  // Null: who is let in may do everything.
  std::shared_ptr<const PortAuthorization> authorization;
  // What the present clients agreed to: when it changes, they are sent away.
  std::string terms;

  // Of the broker, see PortLoad; 0: no limit.
  uint64_t max_connections = 0;
  uint32_t connection_rate = 0;  // A second.
  uint32_t connection_burst = 1;
  // 0: Limits::connect_timeout_s.
  uint32_t handshake_timeout_s = 0;
  uint32_t connect_timeout_s = 0;
};

// How many are connected to a port, and how fast they come. Shared by all shards; for any thread.
class PortLoad {
 public:
  enum class Admission : uint8_t { kAdmitted, kTooMany, kTooFast };
  // Counts one more, unless a limit of `settings` forbids it.
  Admission Enter(const PortSettings& settings, Instant now);
  void Leave() { connections_.fetch_sub(1, std::memory_order_relaxed); }

  uint64_t connections() const { return connections_.load(std::memory_order_relaxed); }

 private:
  bool Spend(uint32_t rate, uint32_t burst, Instant now);

  std::atomic<uint64_t> connections_{0};
  // The moment up to which the allowance is spent; it runs ahead of the clock by at most a burst.
  std::atomic<int64_t> spent_until_{0};
};

struct Port {
  PortId id;
  PortSettings settings;
  std::shared_ptr<PortLoad> load;  // Outlives a change of the settings.
};

}  // namespace signet
