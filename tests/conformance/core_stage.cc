#include "tests/conformance/core_stage.h"

#include "core/base/check.h"

namespace signet::conformance {

bool DenyingAuthorizer::Allows(const Principal&, std::string_view client_id, Action action,
                               std::string_view topic, const Manner&) {
  for (const Denial& denial : denials_) {
    const bool connect = action == Action::kConnect && denial.action == "connect";
    const bool publish = action == Action::kPublish && denial.action == "publish";
    const bool subscribe = action == Action::kSubscribe && denial.action == "subscribe";
    if (connect && client_id == denial.name) return false;
    if ((publish || subscribe) && topic == denial.name) return false;
  }
  return true;
}

CoreStage::CoreStage(const Case& one, uint32_t shards, bool in_bytes)
    : authorizer_(one.denials), in_bytes_(in_bytes) {
  CoreWorld::Options options{.shards = shards,
                             .ports = {PortAccess{.authorizer = &authorizer_}},
                             .response_information = one.response_information};
  for (const auto& [name, value] : one.limits) CHECK(SetLimit(name, value, &options.limits).ok());
  world_ = std::make_unique<CoreWorld>(options);
}

size_t CoreStage::Open() {
  peers_.push_back(world_->Open());
  return peers_.size() - 1;
}

void CoreStage::Send(size_t connection, ByteView bytes) {
  CoreWorld::Peer* peer = peers_[connection];
  if (peer == nullptr) return;
  if (in_bytes_) peer->SetSegment(bytes.size() > kLongSend ? kLongSegment : 1);
  peer->Send(bytes);
  world_->Run();
}

std::vector<uint8_t> CoreStage::Receive(size_t connection, Patience) {
  world_->Run();
  CoreWorld::Peer* peer = peers_[connection];
  return peer == nullptr ? std::vector<uint8_t>() : peer->Take();
}

// A connection that was refused is one that was closed at once.
bool CoreStage::IsClosed(size_t connection) {
  return peers_[connection] == nullptr || peers_[connection]->closed();
}

void CoreStage::Drop(size_t connection) {
  if (IsClosed(connection)) return;
  peers_[connection]->Drop();
  world_->Run();
}

void CoreStage::Wait(std::chrono::milliseconds time) { world_->Advance(time); }

}  // namespace signet::conformance
