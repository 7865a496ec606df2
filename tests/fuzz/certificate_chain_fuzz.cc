// A chain of certificates with CRLs, and what is done to it. The first byte says what the rest is;
// keys and signatures are new in every run.
//
// 0: a list of changes: which of leaf, intermediate, CRL, a place in it (two bytes), what is xored
//    to the byte there. Nothing changed is accepted, anything changed is not.
// 1: the same, but what has been changed is signed again: a CA makes mistakes, or wants to. What is
//    accepted has a name that can be one, and an end that is to come.
// 2: bytes in place of the leaf. 3: beside the chain. 4: in place of a CRL. 5: as the CA bundle.
#include "auth/x509/text.h"
#include "auth/x509/x509_method.h"
#include "core/base/check.h"
#include "tests/auth/x509/case.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::certificate_chain_fuzz {
namespace {

using auth::X509Method;
using forge::Case;
using forge::Der;
using forge::Material;

const Case& GoodCase() {
  static const Case good = [] {
    Case c(forge::Family::kEc);
    c.AddCrls();
    c.leaf.Set(forge::AltNames({forge::Dns("pump-7.plant.example"), forge::Ip({1, 2, 3, 4})}));
    c.middle.Set(forge::NameConstraints({forge::Dns("plant.example")}, {forge::Uri("x")}));
    return c;
  }();
  return good;
}

const Material& Good() {
  static const Material good = GoodCase().Build();
  return good;
}

auth::Verdict JudgeOf(const Material& material) { return forge::Judge(GoodCase(), material); }

bool IsAccepted(const auth::Verdict& verdict) {
  return std::holds_alternative<auth::Accepted>(verdict);
}

void CheckPrincipal(const auth::Verdict& verdict) {
  if (!IsAccepted(verdict)) return;
  const Principal& principal = std::get<auth::Accepted>(verdict).principal;
  CHECK(!principal.username.empty() && auth::x509::IsCleanUtf8(principal.username));
  CHECK(!principal.identity.empty() && auth::x509::IsCleanUtf8(principal.identity));
  CHECK(principal.deadline > WallTime::FromSeconds(forge::kNow));
  CHECK(principal.deadline <= WallTime::FromSeconds(GoodCase().root.not_after_s));
}

// The three that can be changed.
Der* PartOf(Material* material, uint8_t which) {
  switch (which % 3) {
    case 0:
      return &material->shown[0];
    case 1:
      return &material->shown[1];
    default:
      return &material->crls[1];
  }
}

void Change(Input* input, Material* material, bool changed[3]) {
  while (!input->empty()) {
    const uint8_t which = input->Byte();
    const size_t place = size_t{input->Byte()} << 8;
    Der* part = PartOf(material, which);
    uint8_t& byte = (*part)[(place | input->Byte()) % part->size()];
    byte = static_cast<uint8_t>(byte ^ input->Byte());
    changed[which % 3] = true;
  }
}

// Takes what was signed out of it and signs that again.
void SignAgain(const forge::TestKey& signer, Der* part) {
  const size_t head = 4;  // SEQUENCE, of 256 bytes and more.
  if (part->size() < head + 4 || (*part)[head] != 0x30 || (*part)[head + 1] != 0x82) return;
  const size_t size = 4 + LoadU16(&(*part)[head + 2]);
  if (size > part->size() - head) return;
  const Der body(part->begin() + head, part->begin() + static_cast<ptrdiff_t>(head + size));
  const Der signature = signer.Sign(forge::Hash::kSha256, body);
  *part =
      forge::Sequence({body, signer.Algorithm(forge::Hash::kSha256), forge::BitString(signature)});
}

void Play(Input input) {
  const uint8_t what = input.Byte() % 6;
  Material material = Good();
  bool changed[3] = {};
  switch (what) {
    case 0: {
      Change(&input, &material, changed);
      const bool is_good = material.shown == Good().shown && material.crls == Good().crls;
      CHECK(IsAccepted(JudgeOf(material)) == is_good);
      return;
    }
    case 1:
      Change(&input, &material, changed);
      if (changed[0]) SignAgain(*GoodCase().middle.key, &material.shown[0]);
      if (changed[1]) SignAgain(*GoodCase().root.key, &material.shown[1]);
      if (changed[2]) SignAgain(*GoodCase().middle.key, &material.crls[1]);
      return CheckPrincipal(JudgeOf(material));
    default:
      break;
  }
  const ByteView rest = input.Rest();
  const Der bytes(rest.begin(), rest.end());
  if (what == 2) material.shown[0] = bytes;
  if (what == 3) material.shown.push_back(bytes);
  if (what == 4) material.crls[1] = bytes;
  if (what == 5) material.trusted = {bytes};
  const auth::Verdict verdict = JudgeOf(material);
  CHECK(what == 3 || !IsAccepted(verdict));
  CheckPrincipal(verdict);
}

}  // namespace

FUZZ_TARGET(certificate_chain) {
  Play({data, size});
  return 0;
}

}  // namespace signet::fuzz::certificate_chain_fuzz
