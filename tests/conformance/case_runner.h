// CaseRunner: plays one conformance case on a stage.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/conformance/stage.h"
#include "tests/conformance/vector_file.h"

namespace signet::conformance {

class CaseRunner {
 public:
  // Both outlive this.
  CaseRunner(const Case& one, Stage* stage) : case_(one), stage_(*stage) {}

  // The error says which step of which file has failed, and what came instead.
  Status Run();

 private:
  // One use of a connection's name.
  struct Connection {
    size_t number = 0;
    std::vector<uint8_t> received;
    bool gone = false;  // The case knows that it is closed.
  };

  Status Play(const Step& step);
  Status Expect(const Step& step, Connection* connection);
  Status ExpectNothing(Connection* connection);
  Status ExpectClosed(Connection* connection);
  Status Differ(const Step& step) const;
  Status CheckEnd();

  Connection& Use(const std::string& name);
  // Takes the next whole packet. The error says what there is instead.
  StatusOr<std::vector<uint8_t>> NextPacket(Connection* connection);

  const Case& case_;
  Stage& stage_;
  Bindings bindings_;
  std::map<std::string, Connection> connections_;
};

}  // namespace signet::conformance
