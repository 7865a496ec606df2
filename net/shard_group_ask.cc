// What the control thread asks of the threads of a ShardGroup, and waits for.
#include <latch>

#include "core/base/check.h"
#include "net/auth_thread.h"
#include "net/mailroom.h"
#include "net/shard.h"
#include "net/shard_group.h"

namespace signet {

void ShardGroup::AskAll(const std::function<void(Shard&, size_t)>& ask) {
  std::latch answers(options_.shards);
  for (uint32_t i = 0; i < options_.shards; ++i) {
    const ShardId to(i);
    ControlTask task = [&, i](Shard& shard) {
      ask(shard, i);
      answers.count_down();
    };
    Mailbox<ControlTask>& box = mailroom_->control(to);
    CHECK(box.TryPush(task));  // One at a time, and each is waited for.
    box.Publish();
    mailroom_->doorbell(to).Wake();
  }
  answers.wait();
}

void ShardGroup::AskShard(uint32_t index, const std::function<void(ShardBroker&)>& ask) {
  CHECK(index < options_.shards && !threads_.empty());
  std::latch answer(1);
  ControlTask task = [&](Shard& shard) {
    ask(shard.broker());
    answer.count_down();
  };
  const ShardId to(index);
  CHECK(mailroom_->control(to).TryPush(task));  // One at a time.
  mailroom_->control(to).Publish();
  mailroom_->doorbell(to).Wake();
  answer.wait();
}

void ShardGroup::AskShards(const std::function<void(ShardBroker&, size_t index)>& ask) {
  CHECK(!threads_.empty());
  AskAll([&](Shard& shard, size_t index) { ask(shard.broker(), index); });
}

void ShardGroup::AskAuth(const std::function<void(AuthThread&)>& ask) {
  std::latch answer(1);
  AuthTask task = [&](AuthThread& thread) {
    ask(thread);
    answer.count_down();
  };
  CHECK(mailroom_->auth_control().TryPush(task));  // One at a time.
  mailroom_->auth_control().Publish();
  mailroom_->auth_doorbell().Wake();
  answer.wait();
}

}  // namespace signet
