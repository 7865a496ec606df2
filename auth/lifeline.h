// Lifeline: for an object that asks somebody who answers later, and that may be gone by then. Used
// on one thread.
#pragma once

#include <memory>

namespace signet::auth {

// Member of Owner. What is asked takes a Rope along; it finds the owner, or nobody.
template <typename Owner>
class Lifeline {
 public:
  class Rope {
   public:
    Owner* owner() const {
      const std::shared_ptr<Owner*> held = held_.lock();
      return held == nullptr ? nullptr : *held;
    }

   private:
    friend class Lifeline;
    explicit Rope(const std::shared_ptr<Owner*>& held) : held_(held) {}
    std::weak_ptr<Owner*> held_;
  };

  explicit Lifeline(Owner* owner) : held_(std::make_shared<Owner*>(owner)) {}
  Lifeline(const Lifeline&) = delete;
  Lifeline& operator=(const Lifeline&) = delete;

  Rope rope() const { return Rope(held_); }

 private:
  const std::shared_ptr<Owner*> held_;
};

}  // namespace signet::auth
