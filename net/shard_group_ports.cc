// The ports of a group, which come, change and go while it runs.
#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/check.h"
#include "fmt/format.h"
#include "net/auth_thread.h"
#include "net/shard.h"
#include "net/shard_group.h"

namespace signet {

Status ShardGroup::Apply(std::vector<PortSettings> ports, const Limits& limits) {
  if (Status status = CheckApart(ports); !status.ok()) return status;
  std::vector<Candidate> candidates;
  for (PortSettings& settings : ports) {
    auto candidate = Consider(std::move(settings), candidates);
    if (!candidate.ok()) return candidate.error();
    candidates.push_back(std::move(*candidate));
  }
  options_.limits = limits;
  TellAuthOf(candidates);
  Introduce(candidates);
  Switch(candidates);
  return Status::Ok();
}

// Sockets of ours share a number (SO_REUSEPORT), so the kernel would deal the clients of one
// address out to both ports, whatever each of them asks of its clients.
Status ShardGroup::CheckApart(const std::vector<PortSettings>& ports) const {
  std::vector<SocketAddress> taken;
  std::vector<const OpenPort*> kept;
  for (const PortSettings& settings : ports) {
    if (settings.address.is_path()) continue;
    SocketAddress address = settings.address.address;
    if (address.port() == 0) {  // It keeps the number that it was given, if it was.
      const std::string asked = settings.address.ToText();
      const auto before = std::ranges::find_if(ports_, [&](const OpenPort& open) {
        return open.asked == asked && std::ranges::find(kept, &open) == kept.end();
      });
      if (before == ports_.end()) continue;
      kept.push_back(&*before);
      address = before->port->settings.address.address;
    }
    if (std::ranges::any_of(taken, [&](const SocketAddress& one) { return one.Meets(address); })) {
      return Status::Error(
          fmt::format("cannot listen on {}: another port is there", address.ToText()));
    }
    taken.push_back(address);
  }
  return Status::Ok();
}

// Opens what is new; changes nothing. `others` are those before it; port 0 may stand for several.
StatusOr<ShardGroup::Candidate> ShardGroup::Consider(PortSettings settings,
                                                     const std::vector<Candidate>& others) {
  CHECK(settings.authentication == nullptr || auth_thread_.joinable());
  Candidate candidate;
  candidate.open.asked = settings.address.ToText();
  const auto before = std::ranges::find_if(ports_, [&](const OpenPort& open) {
    return open.asked == candidate.open.asked &&
           std::ranges::find(others, &open, &Candidate::before) == others.end();
  });
  PortId id;
  auto load = std::make_shared<PortLoad>();
  if (before != ports_.end()) {
    const Port& old = *before->port;
    candidate.before = &*before;
    candidate.replaces = old.settings.terms != settings.terms;
    const uint32_t mode = settings.address.mode;
    settings.address = old.settings.address;
    settings.address.mode = mode;
    id = old.id;
    if (!candidate.replaces) load = old.load;
  } else {
    auto listener = Listener::Open(
        settings.address, options_.shards,
        IsAmongOurs(settings.address) ? Listener::Neighbours::kOurs : Listener::Neighbours::kNone);
    if (!listener.ok()) return listener.error();
    settings.address = listener->address();
    candidate.open.file = listener->TakeFile();
    candidate.listener = std::move(*listener);
  }
  if (before == ports_.end() || candidate.replaces) {
    auto fresh = NewPortId();
    if (!fresh.ok()) return fresh.error();
    id = *fresh;
  }
  candidate.open.port =
      std::make_shared<Port>(Port{.id = id, .settings = std::move(settings), .load = load});
  return candidate;
}

StatusOr<PortId> ShardGroup::NewPortId() {
  if (port_ids_ > UINT16_MAX) {
    return Status::Error("too many ports were opened since the broker started; restart it");
  }
  return PortId(static_cast<uint16_t>(port_ids_++));
}

// One of our own ports with another address, and the same number, would be in the way.
bool ShardGroup::IsAmongOurs(const ListenAddress& address) const {
  return std::ranges::any_of(ports_, [&](const OpenPort& open) {
    return address.port() != 0 && open.port->settings.address.port() == address.port();
  });
}

// Before any shard can ask.
void ShardGroup::TellAuthOf(const std::vector<Candidate>& candidates) {
  if (!auth_thread_.joinable()) return;
  AskAuth([&](AuthThread& thread) {
    for (const Candidate& candidate : candidates) {
      const Port& port = *candidate.open.port;
      if (port.settings.authentication == nullptr) continue;
      thread.desk().SetPort(port.id, port.settings.name, port.settings.authentication);
    }
  });
}

void ShardGroup::Introduce(const std::vector<Candidate>& candidates) {
  std::vector<GonePort> changed;
  for (GonePort& gone : gone_) {
    if (FindHeir(&gone, candidates)) changed.push_back(gone);
  }
  AskAll([&](Shard& shard, size_t) {
    shard.SetLimits(options_.limits);
    for (const Candidate& candidate : candidates) shard.SetPort(candidate.open.port);
    for (const GonePort& gone : changed) {
      gone.heir ? shard.Inherit(gone.id, *gone.heir) : shard.Govern(gone.id, gone.authorization);
    }
  });
}

void ShardGroup::Switch(std::vector<Candidate>& candidates) {
  std::vector<PortId> gone;
  std::vector<GonePort> inherited;
  for (const OpenPort& open : ports_) {
    if (std::ranges::find(candidates, &open, &Candidate::before) != candidates.end()) continue;
    gone.push_back(open.port->id);
    const auto& authorization = open.port->settings.authorization;
    if (authorization == nullptr || authorization->policy.empty()) continue;
    gone_.push_back({.id = open.port->id, .authorization = authorization, .heir = {}});
    if (FindHeir(&gone_.back(), candidates)) inherited.push_back(gone_.back());
  }
  AskAll([&](Shard& shard, size_t index) {
    for (const GonePort& port : inherited) shard.Inherit(port.id, *port.heir);
    for (const PortId port : gone) shard.ClosePort(port);
    for (Candidate& candidate : candidates) {
      const PortId id = candidate.open.port->id;
      if (candidate.replaces) shard.Replace(candidate.before->port->id, id);
      if (candidate.listener) {
        shard.Listen(id, candidate.listener->TakeSocket(static_cast<uint32_t>(index)));
      }
    }
  });
  ForgetAtAuth(gone, candidates);
  std::vector<OpenPort> ports;
  for (Candidate& candidate : candidates) {
    if (candidate.before != nullptr) {
      candidate.open.asked = std::move(candidate.before->asked);
      candidate.open.file = std::move(candidate.before->file);
      SetMode(*candidate.before, candidate.open);
    }
    ports.push_back(std::move(candidate.open));
  }
  ports_ = std::move(ports);
}

// The heir is a port that stays, or is new, with the policy of that name, so that a change of it
// still reaches what the clients of the port have left behind. Whether it is another one than
// before, or there is none any more.
bool ShardGroup::FindHeir(GonePort* gone, const std::vector<Candidate>& candidates) {
  const auto authorization_of = [](const Candidate& candidate) -> const auto& {
    return candidate.open.port->settings.authorization;
  };
  const auto goes_by_it = [&](const Candidate& candidate) {
    const auto& authorization = authorization_of(candidate);
    return authorization != nullptr && authorization->policy == gone->authorization->policy;
  };
  const auto is_heir = [&](const Candidate& candidate) {
    return candidate.open.port->id == gone->heir && goes_by_it(candidate);
  };
  auto found = std::ranges::find_if(candidates, is_heir);
  if (found == candidates.end()) found = std::ranges::find_if(candidates, goes_by_it);
  const std::optional<PortId> before = std::exchange(gone->heir, std::nullopt);
  if (found != candidates.end()) {
    gone->heir = found->open.port->id;
    gone->authorization = authorization_of(*found);
  }
  return gone->heir != before;
}

// Of a UNIX socket that stays: who may connect from now on.
void ShardGroup::SetMode(const OpenPort& before, const OpenPort& now) {
  const ListenAddress& address = now.port->settings.address;
  if (!address.is_path() || address.mode == before.port->settings.address.mode) return;
  if (now.file->SetMode(address.mode)) return;
  log_.Write(LogLevel::kError, "cannot change who may connect to a UNIX socket",
             {{"path", address.path}, {"error", std::generic_category().message(errno)}});
}

// Their clients are being sent away.
void ShardGroup::ForgetAtAuth(const std::vector<PortId>& gone,
                              const std::vector<Candidate>& candidates) {
  if (!auth_thread_.joinable()) return;
  AskAuth([&](AuthThread& thread) {
    for (const PortId port : gone) thread.desk().ClosePort(port);
    for (const Candidate& candidate : candidates) {
      if (candidate.replaces) thread.desk().ClosePort(candidate.before->port->id);
    }
  });
}

}  // namespace signet
