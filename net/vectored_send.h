// VectoredSends: the headers of the SENDMSGs of a turn. The kernel copies them when it takes the
// SQE, so they are used anew once everything was submitted.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <deque>
#include <span>

#include "core/base/bytes.h"

namespace signet {

class VectoredSends {
 public:
  static constexpr size_t kMaxPieces = 16;

  // Valid, at its address, until Clear().
  const msghdr* Add(std::span<const ByteView> pieces) {
    if (used_ == sends_.size()) sends_.emplace_back();
    Send& send = sends_[used_++];
    for (size_t i = 0; i < pieces.size(); ++i) {
      send.pieces[i] = {.iov_base = const_cast<uint8_t*>(pieces[i].data()),
                        .iov_len = pieces[i].size()};
    }
    send.header = {};
    send.header.msg_iov = send.pieces.data();
    send.header.msg_iovlen = pieces.size();
    return &send.header;
  }
  // All SQEs that name them have been submitted.
  void Clear() { used_ = 0; }

 private:
  struct Send {
    msghdr header;
    std::array<iovec, kMaxPieces> pieces;
  };

  std::deque<Send> sends_;  // As many as the busiest turn had.
  size_t used_ = 0;
};

}  // namespace signet
