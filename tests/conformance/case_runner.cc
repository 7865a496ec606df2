#include "tests/conformance/case_runner.h"

#include <algorithm>
#include <set>

#include "core/mqtt/fixed_header.h"
#include "fmt/format.h"
#include "tests/support/bytes.h"

namespace signet::conformance {
namespace {

using Patience = Stage::Patience;

constexpr size_t kShownBytes = 200;

std::string Shown(ByteView bytes) {
  const std::string hex = Hex(bytes.first(std::min(bytes.size(), kShownBytes)));
  return bytes.size() > kShownBytes ? hex + " ..." : hex;
}

}  // namespace

Status CaseRunner::Run() {
  for (const Step& step : case_.steps) {
    const Status status = Play(step);
    if (!status.ok()) {
      return Status::Error(
          fmt::format("{}.txt:{}: {}: {}", case_.file, step.line, step.text, status.sentence()));
    }
  }
  return CheckEnd();
}

Status CaseRunner::Play(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kWait:
      stage_.Wait(step.time);
      return Status::Ok();
    case Step::Kind::kDiffer:
      return Differ(step);
    default:
      break;
  }
  Connection& connection = Use(step.connection);
  switch (step.kind) {
    case Step::Kind::kSend: {
      const auto bytes = step.patterns.front().Emit(bindings_);
      if (!bytes.ok()) return bytes.error();
      stage_.Send(connection.number, *bytes);
      return Status::Ok();
    }
    case Step::Kind::kExpect:
    case Step::Kind::kExpectAny:
      return Expect(step, &connection);
    case Step::Kind::kExpectMaybe:
      if (connection.received.empty()) {
        connection.received = stage_.Receive(connection.number, Patience::kExpecting);
      }
      return connection.received.empty() ? Status::Ok() : Expect(step, &connection);
    case Step::Kind::kExpectNothing:
      return ExpectNothing(&connection);
    case Step::Kind::kExpectClosed:
      return ExpectClosed(&connection);
    case Step::Kind::kDrop:
      stage_.Drop(connection.number);
      connection.gone = true;
      connection.received.clear();
      return Status::Ok();
    default:
      return Status::Ok();
  }
}

CaseRunner::Connection& CaseRunner::Use(const std::string& name) {
  const auto [place, fresh] = connections_.try_emplace(name);
  Connection& connection = place->second;
  if (fresh || connection.gone) connection = {.number = stage_.Open()};
  return connection;
}

StatusOr<std::vector<uint8_t>> CaseRunner::NextPacket(Connection* connection) {
  std::vector<uint8_t>& received = connection->received;
  FixedHeader header{};
  while (ParseFixedHeader(received, &header) != HeaderState::kWhole ||
         received.size() < header.packet_size()) {
    if (ParseFixedHeader(received, &header) == HeaderState::kMalformed) {
      return Status::Error(fmt::format("no packet begins with {}", Shown(received)));
    }
    const std::vector<uint8_t> more = stage_.Receive(connection->number, Patience::kExpecting);
    received.insert(received.end(), more.begin(), more.end());
    if (!more.empty()) continue;
    if (!received.empty()) return Status::Error(fmt::format("only {} came", Shown(received)));
    return Status::Error(stage_.IsClosed(connection->number) ? "it was closed" : "nothing came");
  }
  const auto end = received.begin() + static_cast<ptrdiff_t>(header.packet_size());
  std::vector<uint8_t> packet(received.begin(), end);
  received.erase(received.begin(), end);
  return packet;
}

Status CaseRunner::Expect(const Step& step, Connection* connection) {
  std::vector<const BytePattern*> wanted;
  for (const BytePattern& pattern : step.patterns) wanted.push_back(&pattern);
  while (!wanted.empty()) {
    const auto packet = NextPacket(connection);
    if (!packet.ok()) return packet.error();
    Status mismatch;
    const auto match = std::ranges::find_if(wanted, [&](const BytePattern* pattern) {
      mismatch = pattern->Match(*packet, &bindings_);
      return mismatch.ok();
    });
    if (match == wanted.end()) {
      return Status::Error(fmt::format("{} came: {}", Shown(*packet), mismatch.sentence()));
    }
    wanted.erase(match);
  }
  return Status::Ok();
}

Status CaseRunner::ExpectNothing(Connection* connection) {
  if (connection->received.empty()) {
    connection->received = stage_.Receive(connection->number, Patience::kDoubting);
  }
  if (!connection->received.empty()) {
    return Status::Error(fmt::format("{} came", Shown(connection->received)));
  }
  return stage_.IsClosed(connection->number) ? Status::Error("it was closed") : Status::Ok();
}

Status CaseRunner::ExpectClosed(Connection* connection) {
  if (connection->received.empty()) {
    connection->received = stage_.Receive(connection->number, Patience::kExpecting);
  }
  if (!connection->received.empty()) {
    return Status::Error(fmt::format("{} came before", Shown(connection->received)));
  }
  connection->gone = true;
  return stage_.IsClosed(connection->number) ? Status::Ok() : Status::Error("it is still open");
}

Status CaseRunner::Differ(const Step& step) const {
  std::set<std::string> seen;
  for (const BytePattern& pattern : step.patterns) {
    const auto bytes = pattern.Emit(bindings_);
    if (!bytes.ok()) return bytes.error();
    const std::string shown = Hex(*bytes);
    if (!seen.insert(shown).second) return Status::Error(fmt::format("{} twice", shown));
  }
  return Status::Ok();
}

// One wait is enough for all.
Status CaseRunner::CheckEnd() {
  Patience patience = Patience::kDoubting;
  for (auto& [name, connection] : connections_) {
    if (connection.gone) continue;
    if (connection.received.empty()) {
      connection.received = stage_.Receive(connection.number, patience);
      patience = Patience::kNone;
    }
    std::string wrong;
    if (!connection.received.empty()) {
      wrong = fmt::format("{} was left", Shown(connection.received));
    } else if (stage_.IsClosed(connection.number)) {
      wrong = "was closed";
    } else {
      continue;
    }
    return Status::Error(fmt::format("{}.txt:{}: at the end of the case, {}: {}", case_.file,
                                     case_.line, name, wrong));
  }
  return Status::Ok();
}

}  // namespace signet::conformance
