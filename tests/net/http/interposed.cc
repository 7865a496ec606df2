#include "tests/net/http/interposed.h"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <thread>

namespace signet {
namespace {

std::atomic<bool> slow_name_held{false};
std::atomic<uint32_t> resolves_begun{0};
std::atomic<uint32_t> resolves_open{0};
std::atomic<uint32_t> loads_of_system_roots{0};
std::atomic<uint32_t> lowest_tls_version{0};
constexpr int kSetMinimumVersion = 123;  // SSL_CTRL_SET_MIN_PROTO_VERSION

template <typename Function>
Function* Original(const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

using Load = int(void* store, const char* where);
using Control = long(void* context, int command, long number, void* pointer);

}  // namespace

SlowNameHeld::SlowNameHeld() { slow_name_held = true; }
SlowNameHeld::~SlowNameHeld() { slow_name_held = false; }

uint32_t ResolvesBegun() { return resolves_begun; }
uint32_t ResolvesOpen() { return resolves_open; }
uint32_t LoadsOfSystemRoots() { return loads_of_system_roots; }
uint32_t LowestTlsVersion() { return lowest_tls_version; }

}  // namespace signet

// A program's own functions come before those of the libraries that it is linked with.
extern "C" {

__attribute__((visibility("default"))) int getaddrinfo(const char* name, const char* service,
                                                       const addrinfo* hints, addrinfo** result) {
  using namespace signet;
  static const auto original = Original<decltype(getaddrinfo)>("getaddrinfo");
  ++resolves_begun;
  ++resolves_open;
  const std::string_view host = name == nullptr ? "" : name;
  for (int i = 0; i < 3000 && host == "slow.test" && slow_name_held; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  int outcome = EAI_NONAME;
  if (host.ends_with(".test") && host != "nowhere.test") {
    addrinfo version4{};
    if (hints != nullptr) version4 = *hints;
    version4.ai_family = AF_INET;
    outcome = original("127.0.0.1", service, &version4, result);
  }
  --resolves_open;
  return outcome;
}

__attribute__((visibility("default"))) int X509_STORE_load_path(void* store, const char* path) {
  ++signet::loads_of_system_roots;
  return signet::Original<signet::Load>("X509_STORE_load_path")(store, path);
}

__attribute__((visibility("default"))) int X509_STORE_load_file(void* store, const char* file) {
  ++signet::loads_of_system_roots;
  return signet::Original<signet::Load>("X509_STORE_load_file")(store, file);
}

__attribute__((visibility("default"))) long SSL_CTX_ctrl(void* context, int command, long number,
                                                         void* pointer) {
  if (command == signet::kSetMinimumVersion) {
    signet::lowest_tls_version = static_cast<uint32_t>(number);
  }
  return signet::Original<signet::Control>("SSL_CTX_ctrl")(context, command, number, pointer);
}

}  // extern "C"
