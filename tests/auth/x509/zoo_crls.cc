// Rows about revocation.
#include "tests/auth/x509/case.h"

namespace signet::forge {
namespace {

const ExtensionSpec& Hold() {  // A reason: certificateHold.
  static const ExtensionSpec hold{.object_id = "2.5.29.21", .value = Element(0x0a, Der{6})};
  return hold;
}

const ExtensionSpec& ForUsersAlone() {  // Issuing Distribution Point.
  static const ExtensionSpec point{
      .object_id = "2.5.29.28", .value = Sequence({Element(0x81, Der{0xff})}), .critical = true};
  return point;
}

const ExtensionSpec& Delta() {
  static const ExtensionSpec delta{.object_id = "2.5.29.27", .value = Integer(1), .critical = true};
  return delta;
}

enum Crl : size_t { kRootCrl, kMiddleCrl };

Row With(const std::string& name, std::function<void(Case&)> change, std::optional<Rule> rule = {},
         Openssl openssl = Openssl::kAgrees) {
  return {.name = name,
          .change =
              [=](Case& c) {
                c.AddCrls();
                change(c);
              },
          .rule = rule,
          .openssl = openssl};
}

Row WithOf(Crl which, const std::string& name, std::function<void(CrlSpec&)> change,
           std::optional<Rule> rule = {}, Openssl openssl = Openssl::kAgrees) {
  const std::string of = which == kRootCrl ? "OfRoot" : "OfIntermediate";
  return With(
      "Crl" + of + name, [=](Case& c) { change(c.crls[which]); }, rule, openssl);
}

}  // namespace

std::vector<Row> RowsOfCrls() {
  std::vector<Row> rows;
  for (const Crl which : {kRootCrl, kMiddleCrl}) {
    const auto add = [&](const std::string& name, std::function<void(CrlSpec&)> change,
                         std::optional<Rule> rule = {}, Openssl openssl = Openssl::kAgrees) {
      rows.push_back(WithOf(which, name, std::move(change), rule, openssl));
    };
    const Der serial = which == kRootCrl ? Integer(0x3001) : Integer(0x2001);
    add("OfOthersOnly", [](CrlSpec& crl) { crl.serials = {Integer(1), Integer(0xffff)}; });
    add(
        "Revokes", [=](CrlSpec& crl) { crl.serials = {serial}; }, Rule::kRevoked);
    add(
        "RevokesAmongOthers",
        [=](CrlSpec& crl) {
          crl.serials = {serial, Integer(0x10), Integer(0x11), Integer(1), Integer(2)};
        },
        Rule::kRevoked);
    add(
        "HoldsBack", [=](CrlSpec& crl) { crl.serials = {serial}, crl.entry_extensions = {Hold()}; },
        Rule::kRevoked);
    add(
        "Stale", [](CrlSpec& crl) { crl.next_update_s = kNow - 1; }, Rule::kCrlStale);
    add(
        "DueNow", [](CrlSpec& crl) { crl.next_update_s = kNow; }, Rule::kCrlStale);
    add("DueInASecond", [](CrlSpec& crl) { crl.next_update_s = kNow + 1; });
    add(
        "OfTomorrow", [](CrlSpec& crl) { crl.this_update_s = kNow + 1; }, Rule::kCrlStale);
    add(
        "WithoutAnEnd", [](CrlSpec& crl) { crl.next_update_s.reset(); }, Rule::kCrlStale,
        Openssl::kAccepts);
    add(
        "WronglySigned", [](CrlSpec& crl) { crl.breaks_signature = true; }, Rule::kCrlSignature);
    add(
        "UnknownCritical", [](CrlSpec& crl) { crl.extensions = {Unknown(true)}; },
        Rule::kCrlUnusable);
    add("UnknownExtension", [](CrlSpec& crl) { crl.extensions = {Unknown(false)}; });
    add(
        "UnknownCriticalOfAnEntry",
        [](CrlSpec& crl) {
          crl.serials = {Integer(1)};
          crl.entry_extensions = {Unknown(true)};
        },
        Rule::kCrlUnusable);
    add(
        "ForUsersAlone", [](CrlSpec& crl) { crl.extensions = {ForUsersAlone()}; },
        Rule::kCrlUnusable, Openssl::kNotAsked);
    add(
        "Delta", [](CrlSpec& crl) { crl.extensions = {Delta()}; }, Rule::kCrlUnusable,
        Openssl::kAccepts);
    add(
        "DeltaThatIsNotCritical",
        [](CrlSpec& crl) {
          crl.extensions = {Delta()};
          crl.extensions[0].critical = false;
        },
        Rule::kCrlUnusable, Openssl::kNotAsked);
  }
  const auto add = [&](Row row) { rows.push_back(std::move(row)); };
  add(With("CrlsGood", [](Case&) {}));
  add(With(
      "CrlOfRootMissing", [](Case& c) { c.crls.erase(c.crls.begin()); }, Rule::kNoCrl));
  add(With(
      "CrlOfIntermediateMissing", [](Case& c) { c.crls.pop_back(); }, Rule::kNoCrl));
  add(With(
      "CrlsOfStrangersOnly",
      [](Case& c) {
        c.crls = {c.CrlOf(c.MakeCa(Name({{"CN", "x"}}), 6))};
      },
      Rule::kNoCrl));
  add(With(
      "CrlSignedByAnotherOfThatName", [](Case& c) { c.crls[kMiddleCrl].signer = &c.Key(6); },
      Rule::kCrlSignature));
  add(With(
      "CrlSignedByTheRootInPlaceOfTheIntermediate",
      [](Case& c) { c.crls[kMiddleCrl].signer = c.root.key; }, Rule::kCrlSignature));
  add(With(
      "CrlSignedBySha1", [](Case& c) { c.crls[kMiddleCrl].hash = Hash::kSha1; },
      Rule::kCrlSignature, Openssl::kAccepts));
  rows.back().only = Family::kRsa;
  add(With(
      "CrlOfACaThatMayNotSignAny", [](Case& c) { c.middle.Set(KeyUsage(kSignsCertificates)); },
      Rule::kCrlSignature));
  add(With("StaleCrlBesideAGoodOne", [](Case& c) {
    CrlSpec stale = c.crls[kMiddleCrl];
    stale.next_update_s = kNow - 1;
    c.crls.push_back(stale);
  }));
  add(With("WronglySignedCrlBesideAGoodOne", [](Case& c) {
    CrlSpec forged = c.crls[kMiddleCrl];
    forged.signer = &c.Key(6);
    forged.serials = {Integer(0x2001)};
    c.crls.push_back(forged);
  }));
  add(With(
      "TwoCrlsOfWhichOneRevokes",
      [](Case& c) {
        CrlSpec other = c.crls[kMiddleCrl];
        other.serials = {Integer(0x2001)};
        c.crls.push_back(other);
      },
      Rule::kRevoked, Openssl::kNotAsked));
  add(With(
      "RevokedIntermediateThatIsTrustedItself",
      [](Case& c) {
        c.trusted = {"middle", "root"};
        c.crls[kRootCrl].serials = {Integer(0x3001)};
      },
      Rule::kRevoked));
  add(With(
      "TrustedIntermediateAloneNeedsNoCrlOfItsRoot",
      [](Case& c) {
        c.trusted = {"middle"};
        c.crls.erase(c.crls.begin());
      },
      {}, Openssl::kNotAsked));
  add(With(
      "TrustedIntermediateOfATrustedRootWithoutCrl",
      [](Case& c) {
        c.trusted = {"middle", "root"};
        c.crls.erase(c.crls.begin());
      },
      Rule::kNoCrl));
  const auto take_back = [](Case& c) {
    c.trusted = {"middle", "root"};
    c.crls[kRootCrl].serials = {Integer(0x3001)};
  };
  add(With(
      "RevokedTrustedIntermediateOfARootThatHasExpired",
      [=](Case& c) {
        take_back(c);
        c.root.not_after_s = kNow - 1;
      },
      Rule::kRevoked, Openssl::kNotAsked));
  add(With(
      "RevokedTrustedIntermediateOfARootOfAnotherFamily",
      [=](Case& c) {
        take_back(c);
        const KeyKind kind = c.family == Family::kRsa ? KeyKind::kP256 : KeyKind::kRsa2048;
        c.root.key = &KeyOf(kind, 0);
        c.root.signer = c.root.key;
        c.crls[kRootCrl].signer = c.root.key;
      },
      Rule::kRevoked, Openssl::kNotAsked));
  add(With(
      "TrustedIntermediateOfARootOfAnotherFamily",
      [=](Case& c) {
        take_back(c);
        c.crls[kRootCrl].serials.clear();
        const KeyKind kind = c.family == Family::kRsa ? KeyKind::kP256 : KeyKind::kRsa2048;
        c.root.key = &KeyOf(kind, 0);
        c.root.signer = c.root.key;
        c.crls[kRootCrl].signer = c.root.key;
      },
      {}, Openssl::kNotAsked));
  add(With("SameSerialOfAnotherIssuer",
           [](Case& c) { c.crls[kRootCrl].serials = {Integer(0x2001)}; }));
  add(With(
      "RevokedAndExpiredIsExpired",
      [](Case& c) {
        c.crls[kMiddleCrl].serials = {Integer(0x2001)};
        c.leaf.not_after_s = kNow - 1;
      },
      Rule::kExpired));
  return rows;
}

}  // namespace signet::forge
