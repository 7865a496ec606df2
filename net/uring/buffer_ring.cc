#include "net/uring/buffer_ring.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <string>
#include <thread>

#include "core/base/check.h"
#include "net/uring/explain.h"
#include "net/uring/kernel_constants.h"
#include "sanitizer/asan_interface.h"

namespace signet {
namespace {

void* Map(size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

std::string ExplainRegistration(int error) {
  switch (error) {
    case ENOMEM:
      return ExplainRingFailure(error);
    case EINVAL:
      return "this kernel has no rings of receive buffers; Linux 6.1 or newer is needed";
    default:
      return ExplainRefusedCall("io_uring_register", error);
  }
}

}  // namespace

BufferLease::~BufferLease() { ring_->GiveBack(*this); }

BufferRing::BufferRing(Ring* ring, const Options& options)
    : ring_(ring), options_(options), filled_(options.buffers) {
  CHECK(std::has_single_bit(options.buffers));
}

StatusOr<std::unique_ptr<BufferRing>> BufferRing::Create(Ring* ring, const Options& options) {
  std::unique_ptr<BufferRing> buffers(new BufferRing(ring, options));
  buffers->memory_ = static_cast<uint8_t*>(Map(buffers->size_bytes()));
  buffers->entries_ = static_cast<io_uring_buf*>(Map(options.buffers * sizeof(io_uring_buf)));
  if (buffers->memory_ == nullptr || buffers->entries_ == nullptr) {
    return Status::Error("there is no memory for the receive buffers");
  }
  ASAN_POISON_MEMORY_REGION(buffers->memory_, buffers->size_bytes());
  int result = buffers->Register();
  if (result == -EINVAL && options.incremental) {
    buffers->options_.incremental = false;
    result = buffers->Register();
  }
  if (result < 0) return Status::Error(ExplainRegistration(-result));
  return buffers;
}

int BufferRing::Register() {
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<uint64_t>(entries_);
  registration.ring_entries = options_.buffers;
  registration.bgid = options_.group;
  const uint16_t flags = options_.incremental ? uring::kBufferRingIncremental : uint16_t{0};
  // The word behind bgid: `pad` in liburing 2.3, `flags` since.
  std::copy_n(reinterpret_cast<const uint8_t*>(&flags), sizeof flags,
              reinterpret_cast<uint8_t*>(&registration.bgid) + sizeof registration.bgid);
  // It takes locked memory, as a ring does.
  const int result =
      RetryWithoutMemory([&] { return io_uring_register_buf_ring(ring_->raw(), &registration, 0); },
                         [](Duration time) { std::this_thread::sleep_for(time); });
  if (result < 0) return result;
  registered_ = true;
  tail_ = 0;
  for (uint16_t id = 0; id < options_.buffers; ++id) Provide(id);
  return 0;
}

void BufferRing::Renew() {
  io_uring_unregister_buf_ring(ring_->raw(), options_.group);
  registered_ = false;
  const int result = Register();
  CHECK(result == 0);  // What cannot receive would serve nobody.
  trusted_ = true;
}

BufferRing::~BufferRing() {
  if (registered_) io_uring_unregister_buf_ring(ring_->raw(), options_.group);
  if (memory_ != nullptr) {
    ASAN_UNPOISON_MEMORY_REGION(memory_, size_bytes());
    munmap(memory_, size_bytes());
  }
  if (entries_ != nullptr) munmap(entries_, options_.buffers * sizeof(io_uring_buf));
}

void BufferRing::Provide(uint16_t id) {
  filled_[id] = 0;
  io_uring_buf& entry = entries_[tail_ & (options_.buffers - 1)];
  entry.addr = reinterpret_cast<uint64_t>(MemoryOf(id));
  entry.len = options_.buffer_bytes;
  entry.bid = id;
  ++tail_;
  // The tail lies where the first entry has a field that nobody uses.
  std::atomic_ref<uint16_t>(entries_[0].resv).store(tail_, std::memory_order_release);
}

BufferLease BufferRing::Lease(const Completion& completion) {
  // Without a received byte no buffer was used up, whatever the flags say: kernels differ at the
  // end of a stream.
  if (!completion.has_buffer() || completion.result() <= 0 || !trusted_) {
    return {this, 0, {}, false};
  }
  const uint16_t id = completion.buffer_id();
  const auto size = static_cast<uint32_t>(completion.result());
  CHECK(id < options_.buffers && size <= options_.buffer_bytes - filled_[id]);
  uint8_t* const begin = MemoryOf(id) + filled_[id];
  filled_[id] += size;
  ASAN_UNPOISON_MEMORY_REGION(begin, size);
  return {this, id, {begin, size}, !completion.buffer_goes_on()};
}

void BufferRing::GiveBack(const BufferLease& lease) {
  if (lease.bytes_.empty()) return;
  ASAN_POISON_MEMORY_REGION(lease.bytes_.data(), lease.bytes_.size());
  if (lease.last_) Provide(lease.id_);
}

bool BufferRing::AgreesWithKernel() const {
  if (!options_.incremental) return true;
  // Every buffer is the kernel's, and it moves the address of the one that it is filling.
  return std::all_of(entries_, entries_ + options_.buffers, [this](const io_uring_buf& entry) {
    return entry.addr == reinterpret_cast<uint64_t>(MemoryOf(entry.bid)) + filled_[entry.bid];
  });
}

}  // namespace signet
