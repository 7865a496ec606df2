// CoreStage: the core of the broker as a stage, in memory and on a clock that stands still. Fails
// at the slightest: what is wrong in the core shows here on the first try, always, and to
// sanitizers.
#pragma once

#include <memory>

#include "tests/conformance/stage.h"
#include "tests/conformance/vector_file.h"
#include "tests/support/core_world.h"

namespace signet::conformance {

// Forbids what a case denies.
class DenyingAuthorizer : public Authorizer {
 public:
  explicit DenyingAuthorizer(const std::vector<Denial>& denials) : denials_(denials) {}
  bool Allows(const Principal& principal, std::string_view client_id, Action action,
              std::string_view topic, const Manner& manner) override;

 private:
  const std::vector<Denial>& denials_;
};

class CoreStage : public Stage {
 public:
  // `one` outlives this. `in_bytes`: everything arrives byte by byte.
  CoreStage(const Case& one, uint32_t shards, bool in_bytes);

  size_t Open() override;
  void Send(size_t connection, ByteView bytes) override;
  std::vector<uint8_t> Receive(size_t connection, Patience patience) override;
  bool IsClosed(size_t connection) override;
  void Drop(size_t connection) override;
  void Wait(std::chrono::milliseconds time) override;

 private:
  // What is sent at once and is longer arrives in larger pieces: its bytes are looked at, and not
  // the patience of the reader.
  static constexpr size_t kLongSend = 4096;
  static constexpr size_t kLongSegment = 509;

  DenyingAuthorizer authorizer_;
  std::unique_ptr<CoreWorld> world_;
  const bool in_bytes_;
  std::vector<CoreWorld::Peer*> peers_;
};

}  // namespace signet::conformance
