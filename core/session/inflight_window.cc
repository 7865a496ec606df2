#include "core/session/inflight_window.h"

#include <algorithm>

#include "core/base/check.h"

namespace signet {

void InflightWindow::Resume(uint16_t receive_maximum, uint16_t most) {
  quota_ = receive_maximum;
  most_ = most;
  resend_.clear();
  if (used_ == 0) {
    entries_ = {};  // The window of the last connection is given back.
    hint_ = 0;
    return;
  }
  for (size_t place = 0; place < entries_.size(); ++place) {
    if (entries_[place].stage == Stage::kFree) continue;
    entries_[place].counted = false;
    resend_.push_back(static_cast<PacketId>(place + 1));
  }
  std::sort(resend_.begin(), resend_.end(),
            [&](PacketId a, PacketId b) { return At(a).order > At(b).order; });
}

PacketId InflightWindow::NextToResend() const {
  return resend_.empty() ? PacketId{0} : resend_.back();
}

void InflightWindow::MarkResent(PacketId id) {
  DCHECK(id == NextToResend());
  resend_.pop_back();
  Entry& entry = At(id);
  if (entry.stage != Stage::kPublished) return;
  entry.counted = true;
  --quota_;
}

// A Client may acknowledge what it received on an earlier connection before it is sent again.
void InflightWindow::DropFromResend(PacketId id) {
  if (!resend_.empty()) std::erase(resend_, id);
}

PacketId InflightWindow::TakeFree() {
  const size_t size = entries_.size();
  if (used_ < size) {
    for (size_t i = 0; i < size; ++i) {
      const size_t place = (hint_ + i) % size;
      if (entries_[place].stage != Stage::kFree) continue;
      hint_ = static_cast<uint16_t>((place + 1) % size);
      return static_cast<PacketId>(place + 1);
    }
  }
  CHECK(size < 65'535);
  const size_t grown = std::min<size_t>(std::max<size_t>(8, size * 2), 65'535);
  entries_.resize(grown);
  hint_ = static_cast<uint16_t>(size + 1);
  return static_cast<PacketId>(size + 1);
}

PacketId InflightWindow::Add(OutboundMessage outbound) {
  DCHECK(HasQuota() && resend_.empty());
  const PacketId id = TakeFree();
  At(id) = {.outbound = std::move(outbound),
            .order = next_order_++,
            .stage = Stage::kPublished,
            .counted = true};
  ++used_;
  --quota_;
  return id;
}

const InflightWindow::Entry* InflightWindow::Find(PacketId id) const {
  if (id == 0 || id > entries_.size()) return nullptr;
  const Entry& entry = entries_[id - 1u];
  return entry.stage == Stage::kFree ? nullptr : &entry;
}

void InflightWindow::Release(PacketId id) {
  Entry& entry = At(id);
  DCHECK(entry.stage == Stage::kPublished);
  entry.outbound = {};
  entry.stage = Stage::kReleased;
  DropFromResend(id);
}

void InflightWindow::Complete(PacketId id) {
  Entry& entry = At(id);
  DCHECK(entry.stage != Stage::kFree);
  DropFromResend(id);
  if (entry.counted) ++quota_;
  entry = {};
  --used_;
}

size_t InflightWindow::Recall(bool sent_too,
                              absl::FunctionRef<bool(const OutboundMessage&)> refused) {
  size_t count = 0;
  for (size_t place = 0; place < entries_.size(); ++place) {
    Entry& entry = entries_[place];
    if (entry.stage != Stage::kPublished || (entry.counted && !sent_too)) continue;
    if (!refused(entry.outbound)) continue;
    ++count;
    if (entry.outbound.qos == QoS::kExactlyOnce) {
      // It stays among those to be resent, if it is there.
      entry.outbound = {};
      entry.stage = Stage::kReleased;
    } else {
      Complete(static_cast<PacketId>(place + 1));
    }
  }
  return count;
}

}  // namespace signet
