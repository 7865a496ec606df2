// Packets that are broken in every way there is: a case for each sample packet
// (support/sample_packets.h) in each state of a Network Connection. Made as text in the vector
// language, and read like it.
//
// In each case one client after the other sends one broken packet: cut short, with and without a
// Remaining Length that hides it; with every length in it wrong; with flags that are reserved.
// Packets that only a Server sends are broken as they are. Each has to end its connection; a
// witness that subscribes to everything has to be served all along, and to receive nothing.
#pragma once

#include <vector>

#include "tests/conformance/vector_file.h"

namespace signet::conformance {

const std::vector<Case>& BrokenPacketCases();

}  // namespace signet::conformance
