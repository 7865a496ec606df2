// Shortages that last, and failures at random.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <atomic>
#include <vector>

#include "fmt/format.h"
#include "tests/net/faults/failures.h"
#include "tests/net/faults/faulty_broker.h"

namespace signet {
namespace {

class ShortageTest : public testing::TestWithParam<uint32_t> {};

TEST_P(ShortageTest, FailuresAtRandomHurtNobodyElse) {
  constexpr uint64_t kRounds = 60;
  FaultyBroker faulty(GetParam());
  for (uint64_t seed = 1; seed <= kRounds && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    faulty.Play(FailAtRandom(seed, 2));
  }
  faulty.ExpectIdle();
}

// Neither can accept be done nor the eventfd be read, for want of memory.
TEST_P(ShortageTest, OfMemoryForOperationsIsWaitedFor) {
  FaultyBroker faulty(GetParam(), FailAlways(FailureNamed("NoMemory")));
  faulty.ExpectIdle();
  faulty.Play(nullptr);
}

TEST_P(ShortageTest, OfMemoryForSubmissionsIsWaitedFor) {
  FaultyBroker faulty(GetParam(), FailAlways(FailureNamed("CallWithoutMemory")));
  faulty.ExpectIdle();
  faulty.Play(nullptr);
}

// Few descriptors for the process. The kernel asks for the limit when an accept is submitted, not
// when it completes, so that only taking them all makes one fail.
class FewDescriptors {
 public:
  FewDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{.rlim_cur = 128, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

  // Leaves the process one.
  void TakeAllButOne() {
    while (Socket taken{eventfd(0, EFD_CLOEXEC)}) taken_.push_back(std::move(taken));
    taken_.pop_back();
  }
  void GiveBack() { taken_.clear(); }

 private:
  rlimit before_{};
  std::vector<Socket> taken_;
};

TEST_P(ShortageTest, OfDescriptorsIsWaitedForByTheNewcomerAlone) {
  FewDescriptors few;
  FaultyBroker faulty(GetParam());
  BrokerInProcess& broker = faulty.broker();
  SocketClient member = broker.Subscribed("member", "t");
  few.TakeAllButOne();
  SocketClient newcomer(broker.port());
  newcomer.Send(ConnectPacket("newcomer"));
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.net.accepts_failed > 0; }));
  faulty.ExpectIdle();
  member.Send(PublishPacket("t", "x"));
  ExpectBytes(member, PublishPacket("t", "x"));
  few.GiveBack();
  ExpectBytes(newcomer, Bytes("20 02 00 00"));
  member.Close();
  newcomer.Close();
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections + sum.sessions == 0; }));
  faulty.Play(nullptr);
}

// All send something while no shard looks: of 40 clients one shard has at least 20.
TEST_P(ShortageTest, OfRoomForCompletionsLosesNothing) {
  constexpr size_t kClients = 40;
  constexpr size_t kRounds = 20;
  std::atomic<bool> is_held = false;
  FaultInjector faults;
  BrokerInProcess broker(GetParam(), {}, {.sq_entries = 8, .cq_entries = 8, .faults = &faults});
  std::vector<SocketClient> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(broker.Subscribed(fmt::format("c{}", i), fmt::format("t/{}", i)));
  }
  faults.Start([&](const Occasion& at) {
    if (at.kind == Occasion::Kind::kEnter) is_held.wait(true);
    return Fault{};
  });
  for (size_t round = 0; round < kRounds; ++round) {
    const auto packet = [&](size_t i) {
      return PublishPacket(fmt::format("t/{}", i), fmt::format("{}", round));
    };
    is_held = true;
    for (size_t i = 0; i < kClients; ++i) EXPECT_TRUE(clients[i].Send(packet(i)));
    is_held = false;
    is_held.notify_all();
    for (size_t i = 0; i < kClients; ++i) ExpectBytes(clients[i], packet(i));
  }
  faults.Stop();
  EXPECT_GE(broker.Sum().net.completion_overflows, kRounds);
  EXPECT_EQ(broker.Sum().net.completions_lost, 0);
}

INSTANTIATE_TEST_SUITE_P(, ShortageTest, testing::Values(1, 2),
                         [](const auto& instance) { return fmt::format("On{}", instance.param); });

// -- Completions that the kernel loses.

struct Loss {
  std::string name;
  Op op;
  bool goes_on;

  friend void PrintTo(const Loss& loss, std::ostream* out) { *out << loss.name; }
};

class LossTest : public testing::TestWithParam<std::tuple<uint32_t, Loss>> {};

// Nor is there memory for the first question after what may have been lost.
TEST_P(LossTest, CutsOffTheShardsClientsAndLeavesNothing) {
  const Loss& loss = std::get<Loss>(GetParam());
  FaultyBroker faulty(std::get<uint32_t>(GetParam()));
  std::set<Op> unanswered{Op::kAskForAccept, Op::kAskForReadEvent};
  const auto lose_third = [&, left = 3](const Occasion& at) mutable -> Fault {
    if (at.kind == Occasion::Kind::kSubmit && unanswered.erase(at.op) > 0) {
      return {.kind = Fault::Kind::kFail, .error = ENOMEM};
    }
    if (at.kind != Occasion::Kind::kComplete || at.op != loss.op) return {};
    if (at.goes_on == loss.goes_on && --left == 0) return {.kind = Fault::Kind::kLose};
    // An accept does not end by itself.
    if (at.op == Op::kAccept && at.goes_on) return {.kind = Fault::Kind::kEndMultishot};
    return {};
  };
  const auto meanwhile = [&] {
    EXPECT_TRUE(
        faulty.broker().Reaches([](const auto& sum) { return sum.net.completions_lost == 1; }));
  };
  EXPECT_TRUE(faulty.Play(lose_third, meanwhile));
  EXPECT_EQ(faulty.broker().log().Count(
                "the kernel had no memory for completions; all clients are cut off"),
            1);
  faulty.ExpectIdle();
  EXPECT_GT(faulty.faults().completions_since_hit(Op::kReadEvent), 0);
  EXPECT_TRUE(unanswered.empty());
}

INSTANTIATE_TEST_SUITE_P(
    , LossTest,
    testing::Combine(testing::Values(1, 2),
                     testing::Values(Loss{"Receive", Op::kReceive, false},
                                     Loss{"MultishotReceive", Op::kReceive, true},
                                     Loss{"Send", Op::kSend, false},
                                     Loss{"Accept", Op::kAccept, true},
                                     Loss{"LastAccept", Op::kAccept, false},
                                     Loss{"ReadEvent", Op::kReadEvent, false})),
    [](const auto& instance) {
      return fmt::format("{}On{}", std::get<1>(instance.param).name, std::get<0>(instance.param));
    });

}  // namespace
}  // namespace signet
