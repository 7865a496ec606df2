// Expected<T, E>: a value or the reason why there is none. GCC 12 has std::expected in C++23 only;
// this is the part of it that we use. Bytes from a peer give Result<T> (core/mqtt/reason_code.h),
// files and start-up give Status (core/base/status.h).
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "core/base/check.h"

namespace signet {

template <typename T, typename E>
class [[nodiscard]] Expected {
  static_assert(!std::is_same_v<T, E>);

 public:
  // Implicit on purpose: `return value;` and `return ReasonCode::kMalformedPacket;` both read well.
  // NOLINTBEGIN(google-explicit-constructor)
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(E error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)
  // A value-initialised T, to be filled in where it is returned: for large ones on a hot path.
  explicit Expected(std::in_place_t) : state_(std::in_place_index<0>) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // The value; ok() must hold.
  T& value() {
    DCHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    DCHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // The reason; ok() must not hold.
  const E& error() const {
    DCHECK(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, E> state_;
};

}  // namespace signet
