#include "net/stacked_transport.h"

#include <array>
#include <utility>

namespace signet {
namespace {

// What the lower transport has opened goes to the upper one, until that fails.
class Upwards : public Transport::Sink {
 public:
  Upwards(Transport* upper, Transport::Sink* sink, OutputQueue* between)
      : upper_(*upper), sink_(*sink), between_(between) {}

  void OnPlain(MutableBytes bytes) override {
    if (status_.ok()) status_ = upper_.Receive(bytes, sink_, between_);
  }
  const Status& status() const { return status_; }

 private:
  Transport& upper_;
  Transport::Sink& sink_;
  OutputQueue* between_;
  Status status_;
};

}  // namespace

StackedTransport::StackedTransport(std::unique_ptr<Transport> lower,
                                   std::unique_ptr<Transport> upper)
    : lower_(std::move(lower)), upper_(std::move(upper)) {}

Status StackedTransport::Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) {
  OutputQueue between(wire->pool());
  Upwards upwards(upper_.get(), &sink, &between);
  Status lower = lower_->Receive(bytes, upwards, wire);
  // The upper one failed first: the lower one was still whole when it handed these bytes up.
  if (!lower.ok()) return upwards.status().ok() ? lower : upwards.status();
  SendDown(&between, wire);
  if (!upwards.status().ok()) CloseLower(wire);
  return upwards.status();
}

void StackedTransport::Send(std::span<const ByteView> plain, OutputQueue* wire) {
  OutputQueue between(wire->pool());
  upper_->Send(plain, &between);
  SendDown(&between, wire);
}

void StackedTransport::Close(OutputQueue* wire) {
  OutputQueue between(wire->pool());
  upper_->Close(&between);
  SendDown(&between, wire);
  CloseLower(wire);
}

Transport::State StackedTransport::state() const {
  const State lower = lower_->state();
  return lower == State::kOpen ? upper_->state() : lower;
}

void StackedTransport::SendDown(OutputQueue* between, OutputQueue* wire) {
  // After its farewell the lower one must not be asked for more.
  while (!between->empty() && !closed_lower_) {
    std::array<ByteView, 16> views;
    const size_t used = between->Gather(views, between->size());
    lower_->Send(std::span(views).first(used), wire);
    size_t size = 0;
    for (const ByteView view : std::span(views).first(used)) size += view.size();
    between->Consume(size);
  }
}

void StackedTransport::CloseLower(OutputQueue* wire) {
  if (!closed_lower_) lower_->Close(wire);
  closed_lower_ = true;
}

}  // namespace signet
