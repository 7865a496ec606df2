// What one verdict about a client's certificate costs the auth shard: reading the chain, one
// signature for each issuer, and one more for each CRL. A verdict is kept by the chain's bytes, so
// that this is paid once for each certificate, not for each CONNECT.
#include <benchmark/benchmark.h>

#include "auth/x509/x509_method.h"
#include "core/base/check.h"
#include "tests/auth/x509/case.h"

namespace signet {
namespace {

using forge::Case;
using forge::Family;

// Argument: a Family.
void Judge(benchmark::State& state, void (*change)(Case& c)) {
  const auto family = static_cast<Family>(state.range(0));
  Case c(family);
  change(c);
  const forge::Material material = c.Build();
  std::vector<std::string> warnings;
  const auto method = auth::X509Method::Create(forge::SettingsOf(c, material), &warnings);
  CHECK(method.ok());
  int64_t accepted = 0;
  for (auto _ : state) {
    const auth::Verdict verdict =
        (*method)->Judge(material.shown, WallTime::FromSeconds(forge::kNow));
    accepted += std::holds_alternative<auth::Accepted>(verdict) ? 1 : 0;
  }
  CHECK(accepted == state.iterations());
  state.SetLabel(std::string(forge::NameOfFamily(family)));
}

// A leaf and the root that has issued it: one signature.
void BM_JudgeBelowTheRoot(benchmark::State& state) {
  Judge(state, [](Case& c) { c.leaf_below_root = true, c.shown = {"leaf"}; });
}
BENCHMARK(BM_JudgeBelowTheRoot)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

// A leaf and an intermediate below the root: two.
void BM_Judge(benchmark::State& state) {
  Judge(state, [](Case&) {});
}
BENCHMARK(BM_Judge)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

// With a CRL of each issuer: four.
void BM_JudgeWithCrls(benchmark::State& state) {
  Judge(state, [](Case& c) { c.AddCrls(); });
}
BENCHMARK(BM_JudgeWithCrls)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

// Without any signature: how long a chain that is refused at its leaf takes.
void BM_JudgeExpired(benchmark::State& state) {
  Case c(Family::kEc);
  const forge::Material material = c.Build();
  std::vector<std::string> warnings;
  const auto method = auth::X509Method::Create(forge::SettingsOf(c, material), &warnings);
  CHECK(method.ok());
  for (auto _ : state) {
    const auth::Verdict verdict =
        (*method)->Judge(material.shown, WallTime::FromSeconds(c.leaf.not_after_s));
    CHECK(std::holds_alternative<auth::Denied>(verdict));
  }
}
BENCHMARK(BM_JudgeExpired)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet
