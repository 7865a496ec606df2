// Ports of a shard, which come, change and go while it runs.
#include "core/broker/shard_broker.h"

namespace signet {

void ShardBroker::SetPort(PortId port, const PortAccess& access) {
  if (authority_.SetPort(port, access)) review_.Begin();
}

void ShardBroker::ClosePort(PortId port) {
  authority_.ClosePort(port);
  SendAway(port);
}

// Their Wills are published on the way, by the policy of the port that comes after this one.
void ShardBroker::ReplacePort(PortId port, PortId heir) {
  authority_.ReplacePort(port, heir);
  SendAway(port);
  review_.Begin();
}

void ShardBroker::SendAway(PortId port) {
  clients_.ForEach([port](Client& client) {
    if (client.port_ != port) return;
    client.Disconnect(ReasonCode::kAdministrativeAction, "this port is being closed");
  });
}

}  // namespace signet
