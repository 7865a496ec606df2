// Rows about the way up: which CAs, in which order, how long, what they may; whose attributes.
#include "tests/auth/x509/case.h"

namespace signet::forge {
namespace {

const Der& RootName() {
  static const Der name = Name({{"C", "DE"}, {"O", "Plant"}, {"CN", "Plant Root"}});
  return name;
}

// `count` more CAs between the root and the intermediate, shown in order.
void Lengthen(Case* c, size_t count) {
  c->middle.Set(BasicConstraints(true));
  CertificateSpec above = c->root;
  for (size_t i = 0; i < count; ++i) {
    CertificateSpec ca = c->MakeCa(Name({{"CN", "CA " + std::to_string(i)}}), 10);
    ca.serial = Integer(0x5000 + i);
    ca.issuer = above.subject;
    ca.signer = above.key;
    c->more_shown.push_back(ca);
    above = ca;
  }
  c->middle.issuer = above.subject;
  c->middle.signer = above.key;
}

// The intermediate once more, issued by another root.
CertificateSpec CrossSigned(const Case& c, const CertificateSpec& by) {
  CertificateSpec cross = c.middle;
  cross.serial = Integer(0x6001);
  cross.issuer = by.subject;
  cross.signer = by.key;
  return cross;
}

CertificateSpec OtherRoot(const Case& c) { return c.MakeCa(Name({{"CN", "Other Root"}}), 6); }

Row OfIssuers(const std::string& name, std::function<void(CertificateSpec&)> change, Rule rule,
              Openssl openssl = Openssl::kAgrees) {
  return {.name = "Middle" + name,
          .change = [=](Case& c) { change(c.middle); },
          .rule = rule,
          .openssl = openssl};
}

// The same of the trusted CA itself.
Row OfTrusted(const std::string& name, std::function<void(CertificateSpec&)> change, Rule rule,
              Openssl openssl = Openssl::kAgrees) {
  return {.name = "Root" + name,
          .change = [=](Case& c) { change(c.root); },
          .rule = rule,
          .openssl = openssl};
}

std::vector<Row> RowsOfIssuers() {
  std::vector<Row> rows;
  for (auto* of : {&OfIssuers, &OfTrusted}) {
    const auto add = [&](const std::string& name, std::function<void(CertificateSpec&)> change,
                         Rule rule, Openssl openssl = Openssl::kAgrees) {
      rows.push_back(of(name, std::move(change), rule, openssl));
    };
    add(
        "Expired", [](auto& ca) { ca.not_after_s = kNow - 1; }, Rule::kIssuerExpired);
    add(
        "NotYetValid", [](auto& ca) { ca.not_before_s = kNow + 1; }, Rule::kIssuerNotYetValid);
    add(
        "UnknownCritical", [](auto& ca) { ca.Set(Unknown(true)); }, Rule::kIssuerUnknownCritical);
    add(
        "PolicyConstraints",
        [](auto& ca) {
          ca.Set({.object_id = "2.5.29.36",
                  .value = Sequence({Element(0x80, Der{0})}),
                  .critical = true});
        },
        Rule::kIssuerUnknownCritical, Openssl::kAccepts);
    add(
        "KeyUsageWithoutCertSign", [](auto& ca) { ca.Set(KeyUsage(kSigns | kSignsCrls)); },
        Rule::kIssuerKeyUsage);
    add(
        "ForServersAlone", [](auto& ca) { ca.Set(ExtendedKeyUsage({kServerAuth})); },
        Rule::kIssuerNotForClients);
  }
  return rows;
}

}  // namespace

std::vector<Row> RowsOfPaths() {
  std::vector<Row> rows = RowsOfIssuers();
  const auto add = [&](Row row) { rows.push_back(std::move(row)); };
  const int64_t root_end = kNow + 10 * kDay;
  add(OfIssuers(
      "IsNoCa", [](auto& ca) { ca.Set(BasicConstraints(false)); }, Rule::kIssuerNotCa));
  add(OfIssuers(
      "HasNoBasicConstraints", [](auto& ca) { ca.Remove("2.5.29.19"); }, Rule::kIssuerNotCa));
  add(OfIssuers(
      "Version1", [](auto& ca) { ca.version = 0, ca.extensions.clear(); }, Rule::kIssuerVersion));
  add({.name = "MiddleWithoutKeyUsage", .change = [](Case& c) { c.middle.Remove("2.5.29.15"); }});
  add({.name = "MiddleForClients",
       .change = [](Case& c) { c.middle.Set(ExtendedKeyUsage({kClientAuth})); }});
  add({.name = "MiddleForAnyPurpose",
       .change = [](Case& c) { c.middle.Set(ExtendedKeyUsage({kAnyPurpose})); },
       .openssl = Openssl::kNotAsked});
  add({.name = "MiddleWithPolicies", .change = [](Case& c) {
         c.middle.Set({.object_id = "2.5.29.32",
                       .value = Sequence({Sequence({ObjectId("2.5.29.32.0")})}),
                       .critical = true});
       }});
  add({.name = "MiddleMissing",
       .change = [](Case& c) { c.shown = {"leaf"}; },
       .rule = Rule::kNotTrusted});
  add({.name = "RootShownAsWell", .change = [](Case& c) { c.shown.emplace_back("root"); }});
  add({.name = "OrderDoesNotMatter", .change = [](Case& c) {
         c.shown = {"leaf", "root", "middle"};
       }});
  add({.name = "LeafTwice", .change = [](Case& c) { c.shown = {"leaf", "leaf", "middle"}; }});
  add({.name = "StrangerShownAsWell",
       .change = [](Case& c) { c.more_shown.push_back(OtherRoot(c)); }});
  add({.name = "BrokenOneShownAsWell",
       .change =
           [](Case& c) {
             c.more_shown.push_back(OtherRoot(c));
             c.more_shown.back().validity = Sequence({});
           },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked});
  add({.name = "WrongRoot",
       .change = [](Case& c) { c.trusted.clear(), c.more_trusted.push_back(OtherRoot(c)); },
       .rule = Rule::kNotTrusted});
  add({.name = "RootOfTheSameName",
       .change =
           [](Case& c) {
             c.trusted.clear();
             c.more_trusted.push_back(c.MakeCa(RootName(), 6));
           },
       .rule = Rule::kSignature});
  add({.name = "ExpiredRootBehindOneOfTheSameName",
       .change =
           [](Case& c) {
             c.trusted.clear();
             c.root.not_after_s = kNow - 1;
             c.more_trusted = {c.MakeCa(RootName(), 6), c.root};
           },
       .rule = Rule::kIssuerExpired});
  add({.name = "RootThatTheClientBrings",
       .change =
           [](Case& c) {
             c.shown.emplace_back("root");
             c.trusted.clear();
             c.more_trusted.push_back(OtherRoot(c));
           },
       .rule = Rule::kNotTrusted});
  add({.name = "TwoRootsOfOneName",
       .change = [](Case& c) { c.more_trusted.push_back(c.MakeCa(RootName(), 6)); }});
  add({.name = "LeafTrustedAndNothingElse",  // Not a CA: the settings are refused.
       .change = [](Case& c) { c.trusted = {"leaf"}; },
       .rule = Rule::kNoChain,
       .openssl = Openssl::kAccepts});
  add({.name = "LeafThatIsACaAndTrusted",
       .change =
           [](Case& c) {
             c.leaf.Set(BasicConstraints(true));
             c.trusted = {"leaf", "root"};
           },
       .rule = Rule::kLeafIsCa,
       .openssl = Openssl::kAccepts});
  add({.name = "RootItselfAsClient",
       .change = [](Case& c) { c.shown = {"root"}; },
       .rule = Rule::kLeafIsCa});
  add({.name = "MiddleTrustedAlone",
       .change = [](Case& c) { c.trusted = {"middle"}, c.shown = {"leaf"}; }});
  add({.name = "MiddleTrustedAndShown", .change = [](Case& c) { c.trusted = {"middle"}; }});
  add({.name = "MiddleTrustedOfAnExpiredRoot",
       .change =
           [](Case& c) {
             c.trusted = {"middle", "root"};
             c.root.not_after_s = kNow - 1;
           },
       .openssl = Openssl::kNotAsked});  // It goes up as far as it can, and no way back.
  add({.name = "ShownIntermediateHasExpiredButAnotherHasNot", .change = [](Case& c) {
         CertificateSpec renewed = c.middle;
         renewed.issuer = c.root.subject;
         renewed.signer = c.root.key;
         c.middle.not_after_s = kNow - 1;
         c.more_shown.push_back(renewed);
       }});
  add({.name = "EndsWithTheIntermediate",
       .change = [](Case& c) { c.middle.not_after_s = kNow + 5 * kDay; },
       .ends_at_s = kNow + 5 * kDay});
  add({.name = "EndsWithTheRoot",
       .change = [](Case& c) { c.root.not_after_s = kNow + 10 * kDay; },
       .ends_at_s = root_end});
  add({.name = "OfTwoRootsWithOneKeyTheLongerLasts", .change = [](Case& c) {
         c.more_trusted.push_back(c.root);
         c.root.not_after_s = kNow + 10 * kDay;
       }});
  add({.name = "CrossSignedByATrustedOne",
       .change =
           [](Case& c) {
             const CertificateSpec other = OtherRoot(c);
             c.trusted.clear();
             c.more_trusted.push_back(other);
             c.more_shown.push_back(CrossSigned(c, other));
           },
       .openssl = Openssl::kNotAsked});  // It tries one issuer of a name alone.
  add({.name = "CrossSignedInACircle",
       .change =
           [](Case& c) {
             CertificateSpec up = c.root;
             up.issuer = c.middle.subject;
             up.signer = c.middle.key;
             c.trusted.clear();
             c.more_shown.push_back(up);
             c.more_trusted.push_back(OtherRoot(c));
           },
       .rule = Rule::kPathLength,
       .openssl = Openssl::kNotAsked});
  add({.name = "PathLength0OfTheRoot",
       .change = [](Case& c) { c.root.Set(BasicConstraints(true, 0)); },
       .rule = Rule::kPathLength});
  add({.name = "PathLength1OfTheRoot",
       .change = [](Case& c) { c.root.Set(BasicConstraints(true, 1)); }});
  add({.name = "PathLength1OfTheRootAndTwoBelow",
       .change = [](Case& c) { c.root.Set(BasicConstraints(true, 1)), Lengthen(&c, 1); },
       .rule = Rule::kPathLength});
  add({.name = "PathLength2OfTheRootAndTwoBelow",
       .change = [](Case& c) { c.root.Set(BasicConstraints(true, 2)), Lengthen(&c, 1); }});
  add({.name = "PathLengthDoesNotCountWhatIssuedItself",
       .change =
           [](Case& c) {
             // The root's new key, certified by its old one: same name.
             CertificateSpec renewed = c.MakeCa(c.root.subject, 7);
             renewed.signer = c.root.key;
             c.root.Set(BasicConstraints(true, 1));
             c.middle.issuer = c.root.subject;
             c.middle.signer = renewed.key;
             c.more_shown.push_back(renewed);
           },
       .openssl = Openssl::kNotAsked});  // It tries one issuer of a name alone.
  add({.name = "PathOfTen", .change = [](Case& c) { Lengthen(&c, 7); }});
  add({.name = "PathOfEleven",
       .change = [](Case& c) { Lengthen(&c, 8); },
       .rule = Rule::kNotTrusted,
       .openssl = Openssl::kAccepts});
  add({.name = "ElevenShown",
       .change = [](Case& c) { Lengthen(&c, 9); },
       .rule = Rule::kTooLarge,
       .openssl = Openssl::kAccepts});
  add({.name = "TooManyBytes",
       .change =
           [](Case& c) { c.middle.Set({.object_id = "1.2.3.4", .value = Der(65'000, 0x55)}); },
       .rule = Rule::kTooLarge,
       .openssl = Openssl::kAccepts});
  add({.name = "NothingShown",
       .change = [](Case& c) { c.shown.clear(); },
       .rule = Rule::kNoChain,
       .openssl = Openssl::kNotAsked});
  // Whose attributes.
  add({.name = "AttributesOfTheLeaf",
       .change =
           [](Case& c) {
             c.Give("a", "CN = pump-7, OU = Line 2, C = DE", "pumps");
             c.Give("b", "C = DE, O = Plant, CN = Line 2 CA", "line");
           },
       .group = "pumps"});
  add({.name = "AttributesOfTheIntermediate",
       .change =
           [](Case& c) {
             c.Give("a", "C = DE, O = Plant, CN = Plant Root", "plant");
             c.Give("b", "C=DE,O=Plant,CN=Line 2 CA", "line");
             c.Give("c", "CN = pump-8, OU = Line 2, C = DE", "pumps");
           },
       .group = "line"});
  add({.name = "AttributesOfTheRootThatIsNotShown",
       .change = [](Case& c) { c.Give("a", "C = DE, O = Plant, CN = Plant Root", "plant"); },
       .group = "plant"});
  add({.name = "AttributesOfTheRootAboveATrustedIntermediate",
       .change =
           [](Case& c) {
             c.trusted = {"middle", "root"};
             c.shown = {"leaf"};
             c.Give("a", "C = DE, O = Plant, CN = Plant Root", "plant");
           },
       .group = "plant"});
  add({.name = "AttributesOfAStrangerShownAsWellAreNotGiven", .change = [](Case& c) {
         c.more_shown.push_back(OtherRoot(c));
         c.Give("a", "CN = Other Root", "others");
       }});
  add({.name = "AttributesOfNobody",
       .change = [](Case& c) { c.Give("a", "C = DE, OU = Line 2, CN = pump-7", "reversed"); }});
  return rows;
}

}  // namespace signet::forge
