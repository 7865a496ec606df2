// LockedMethod: for a method whose settings are understood and which cannot be judged. Whatever is
// presented is its to refuse: a port that asks for authentication never goes without.
#pragma once

#include <string>

#include "auth/method.h"

namespace signet::auth {

class LockedMethod : public Method {
 public:
  explicit LockedMethod(std::string name) : name_(std::move(name)) {}

  std::string_view name() const override { return name_; }
  bool IsRelevant(const Credentials&) const override { return true; }
  SecretBytes Evidence(const Credentials&) const override { return {}; }
  void Verify(const Credentials&, WallTime, Done done) override {
    std::move(done)(Denied{.rule = "this version of the broker cannot judge this method"});
  }
  bool may_reauthenticate() const override { return false; }

 private:
  const std::string name_;
};

}  // namespace signet::auth
