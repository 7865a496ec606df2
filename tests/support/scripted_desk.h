// ScriptedDesk: an auth shard that keeps every question until a test answers it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/access/auth_desk.h"
#include "core/base/check.h"

namespace signet {

class ScriptedDesk : public AuthDesk {
 public:
  struct Asked {
    ShardId from;
    AuthQuestion question;
  };

  explicit ScriptedDesk(uint32_t shards) : outgoing_(shards) {}

  void BeginTurn(Instant, WallTime) override {}
  void Take(ShardId from, MailToAuth mail) override {
    if (auto* question = std::get_if<AuthQuestion>(&mail)) {
      asked_.push_back({from, std::move(*question)});
    } else if (auto* claimed = std::get_if<GrantClaimed>(&mail)) {
      claims_.emplace_back(from, *claimed);
    } else if (auto* dropped = std::get_if<ExchangeDropped>(&mail)) {
      dropped_.push_back(dropped->exchange);
    } else {
      returned_.push_back(std::get<GrantReturned>(mail).grant);
    }
  }
  void EndTurn() override {}
  BlockQueue<MailFromAuth>& outgoing(ShardId to) override { return outgoing_[to.value()]; }
  Instant NextDeadline() const override { return Instant::Never(); }
  void SetPort(PortId, std::string, std::shared_ptr<const config::BrokerAuthentication>) override {}
  void ClosePort(PortId) override {}

  // The oldest question without an answer.
  Asked Next() {
    CHECK(!asked_.empty());
    Asked next = std::move(asked_.front());
    asked_.pop_front();
    return next;
  }
  size_t waiting() const { return asked_.size(); }
  void Answer(const Asked& asked, AuthOutcome outcome) {
    Tell(asked.from, AuthAnswer{asked.question.client, std::move(outcome)});
  }
  void Tell(ShardId to, MailFromAuth mail) { outgoing_[to.value()].Push(std::move(mail)); }

  const std::vector<std::pair<ShardId, GrantClaimed>>& claims() const { return claims_; }
  const std::vector<GrantId>& returned() const { return returned_; }
  const std::vector<ExchangeId>& dropped() const { return dropped_; }

 private:
  std::deque<Asked> asked_;
  std::vector<BlockQueue<MailFromAuth>> outgoing_;
  std::vector<std::pair<ShardId, GrantClaimed>> claims_;
  std::vector<GrantId> returned_;
  std::vector<ExchangeId> dropped_;
};

}  // namespace signet
