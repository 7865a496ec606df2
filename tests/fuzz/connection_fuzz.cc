// One Network Connection, from its first byte to its last: whatever it sends, a neighbour is
// served, what it gets are packets, and nothing of it stays. Input: how it begins, the size of its
// pieces, its bytes.
#include "core/mqtt/ping.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/world.h"
#include "tests/support/received.h"
#include "tests/support/test_client.h"

namespace signet::fuzz::connection_fuzz {
namespace {

// What it begins with, in the lowest bits of the first byte. The broker answers in the version of
// the CONNECT, so its answers are looked at where that is known.
enum class Beginning : uint8_t { kNothing, kConnect5, kConnect311, kLasting5 };

void Begin(Beginning beginning, TestClient* client) {
  ConnectOptions options;
  if (beginning == Beginning::kConnect311) options.version = ProtocolVersion::k311;
  if (beginning == Beginning::kLasting5) {
    options.clean_start = false;
    options.session_expiry_s = 10;
    options.topic_alias_maximum = 2;
    options.receive_maximum = 1;
    options.will = WillView{.qos = QoS::kAtLeastOnce, .topic_name = "w", .payload = AsBytes("bye")};
  }
  if (beginning != Beginning::kNothing) client->Connect(options);
}

void CheckIsServed(TestClient* neighbour) {
  neighbour->Messages();
  neighbour->peer().Send(kPingreqBytes);
  neighbour->Next(PacketType::kPingresp);
  CHECK(!neighbour->closed());
}

void Play(Input input) {
  const uint8_t choice = input.Byte();
  const size_t segment = input.Byte();
  CoreWorld world(SmallWorld(2));
  TestClient neighbour(&world, "neighbour", 0);
  neighbour.Connect();
  neighbour.Subscribe("#", QoS::kExactlyOnce);

  const auto beginning = static_cast<Beginning>(choice & 3);
  TestClient client(&world, "c", choice >> 2 & 1);
  Begin(beginning, &client);
  if (segment != 0) client.peer().SetSegment(segment);
  client.peer().Send(input.Rest());
  world.Run();
  if ((choice & 8) != 0) {
    world.Jump(seconds(20));  // Past what a silent client is given.
    world.Run();
  }
  if (beginning != Beginning::kNothing) client.Silent();  // Takes apart all that it got.

  // Unless it was the input that came in the neighbour's name.
  if (world.Sum().sessions_taken_over == 0) CheckIsServed(&neighbour);
  CheckNothingIsLeft(&world, {&client.peer(), &neighbour.peer()});
}

}  // namespace

FUZZ_TARGET(connection) {
  Play({data, size});
  return 0;
}

}  // namespace signet::fuzz::connection_fuzz
