// Good chains, and everything that is close to them: no part that is cut off or changed is
// accepted.
#include <gtest/gtest.h>

#include "auth/x509/x509_method.h"
#include "tests/auth/x509/case.h"

namespace signet::forge {
namespace {

struct Judged {
  explicit Judged(const Case& c) : material(c.Build()) {
    std::vector<std::string> warnings;
    auto made = auth::X509Method::Create(SettingsOf(c, material), &warnings);
    CHECK(made.ok());
    method = std::move(*made);
  }
  bool Accepts(const CertificateChain& chain) const {
    return std::holds_alternative<auth::Accepted>(
        method->Judge(chain, WallTime::FromSeconds(kNow)));
  }

  Material material;
  std::unique_ptr<auth::X509Method> method;
};

class Damage : public ::testing::TestWithParam<Family> {};
INSTANTIATE_TEST_SUITE_P(X509, Damage,
                         ::testing::Values(Family::kEc, Family::kRsa, Family::kEd25519),
                         [](const auto& of) { return std::string(NameOfFamily(of.param)); });

Case Rich(Family family) {
  Case c(family);
  c.leaf.Set(AltNames({Dns("pump-7.plant.example"), Email("a@plant.example"), Ip({1, 2, 3, 4})}));
  c.middle.Set(NameConstraints({Dns("plant.example")}, {Email("evil.example")}));
  return c;
}

TEST_P(Damage, NoTruncationIsAccepted) {
  const Judged judged(Rich(GetParam()));
  ASSERT_TRUE(judged.Accepts(judged.material.shown));
  for (const size_t which : {0u, 1u}) {
    CertificateChain chain = judged.material.shown;
    while (!chain[which].empty()) {
      chain[which].pop_back();
      EXPECT_FALSE(judged.Accepts(chain)) << which << " of " << chain[which].size() << " bytes";
    }
  }
}

TEST_P(Damage, NoFlippedBitIsAccepted) {
  const Judged judged(Rich(GetParam()));
  size_t tried = 0;
  for (const size_t which : {0u, 1u}) {
    CertificateChain chain = judged.material.shown;
    for (size_t at = 0; at < chain[which].size(); ++at) {
      for (int bit = 0; bit < 8; ++bit, ++tried) {
        chain[which][at] = static_cast<uint8_t>(chain[which][at] ^ 1 << bit);
        EXPECT_FALSE(judged.Accepts(chain)) << which << " at " << at << " bit " << bit;
        chain[which][at] = static_cast<uint8_t>(chain[which][at] ^ 1 << bit);
      }
    }
    EXPECT_TRUE(judged.Accepts(chain));
  }
  EXPECT_GE(tried, 5000u);
}

// Of every byte one bit, for there are many; none may make a list forget whom it revokes.
TEST_P(Damage, NoFlippedBitOfACrlLetsARevokedOneIn) {
  Case c = Rich(GetParam());
  c.AddCrls();
  c.crls[1].serials = {Integer(0x2001)};
  const Material material = c.Build();
  for (size_t at = 0; at < material.crls[1].size(); ++at) {
    Material damaged = material;
    damaged.crls[1][at] = static_cast<uint8_t>(damaged.crls[1][at] ^ 1 << at % 8);
    EXPECT_FALSE(std::holds_alternative<auth::Accepted>(Judge(c, damaged))) << at;
  }
}

}  // namespace
}  // namespace signet::forge
