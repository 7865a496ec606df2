// Rows about names: who the client is, what is no clean text, and what CAs may give.
#include "tests/auth/x509/case.h"

namespace signet::forge {
namespace {

constexpr std::string_view kCn = "2.5.4.3";

Row Named(const std::string& name, const Der& subject, const std::string& username) {
  return {.name = name, .change = [=](Case& c) { c.leaf.subject = subject; }, .username = username};
}

Row BadlyNamed(const std::string& name, const Der& subject, Rule rule = Rule::kName,
               Openssl openssl = Openssl::kAccepts) {
  return {.name = name,
          .change = [=](Case& c) { c.leaf.subject = subject; },
          .rule = rule,
          .openssl = openssl};
}

Der CommonName(uint8_t tag, std::string_view value) {
  return NameOf({{Attribute(kCn, tag, value)}});
}

using std::string_view_literals::operator""sv;

// An alternative name that is no clean text.
Row BadAltName(const std::string& name, const Der& general_name, Rule rule = Rule::kName) {
  return {.name = name,
          .change = [=](Case& c) { c.leaf.Set(AltNames({general_name})); },
          .rule = rule,
          .openssl = Openssl::kNotAsked};
}

// What the intermediate may give, and what the leaf has.
Row Constrained(const std::string& name, std::initializer_list<Der> permitted,
                std::initializer_list<Der> excluded, std::vector<Der> alt_names, bool allowed,
                Openssl openssl = Openssl::kAgrees) {
  const ExtensionSpec constraints = NameConstraints(permitted, excluded);
  return {.name = name,
          .change =
              [=](Case& c) {
                c.middle.Set(constraints);
                Der content;
                for (const Der& alt_name : alt_names) Append(alt_name, &content);
                if (content.empty()) return;
                c.leaf.Set({.object_id = "2.5.29.17", .value = Element(0x30, content)});
              },
          .rule = allowed ? std::optional<Rule>() : Rule::kNameConstraints,
          .openssl = openssl};
}

// Likewise, with another subject instead.
Row ConstrainedSubject(const std::string& name, std::initializer_list<Der> permitted,
                       std::initializer_list<Der> excluded, const Der& subject,
                       const std::string& username, bool allowed,
                       Openssl openssl = Openssl::kAgrees) {
  Row row = Constrained(name, permitted, excluded, {}, allowed, openssl);
  row.change = [change = row.change, subject](Case& c) {
    change(c);
    c.leaf.subject = subject;
  };
  row.username = username;
  return row;
}

}  // namespace

std::vector<Row> RowsOfNames() {
  const auto not_asked = Openssl::kNotAsked;
  return {
      Named("CnAsPrintableString", CommonName(0x13, "pump-8"), "pump-8"),
      Named("CnAsIa5String", CommonName(0x16, "pump@8"), "pump@8"),
      Named("CnAsTeletexStringOfAscii", CommonName(0x14, "pump-8"), "pump-8"),
      Named("CnAsBmpString", CommonName(0x1e, "\0p\0\xfc"sv), "p\xc3\xbc"),
      Named("CnAsUniversalString", CommonName(0x1c, "\0\0\0p\0\1\xf6\0"sv), "p\xf0\x9f\x98\x80"),
      Named("CnInUtf8", CommonName(0x0c, "P\xc3\xbcmpe"), "P\xc3\xbcmpe"),
      Named("CnWithSpecialCharacters", CommonName(0x0c, " a,b+c\"\\<>;=# "), " a,b+c\"\\<>;=# "),
      Named("CnBesideAnother",
            NameOf({{Attribute(kCn, 0x0c, "p"), Attribute("2.5.4.11", 0x0c, "o")}}), "p"),
      BadlyNamed("NoSubject", NameOf({}), Rule::kCommonName),
      BadlyNamed("NoCn", Name({{"O", "Plant"}}), Rule::kCommonName),
      BadlyNamed("TwoCns", Name({{"CN", "pump-7"}, {"CN", "pump-8"}}), Rule::kCommonName),
      BadlyNamed("TwoEqualCns", Name({{"CN", "pump-7"}, {"CN", "pump-7"}}), Rule::kCommonName),
      BadlyNamed("TwoCnsInOneRdn",
                 NameOf({{Attribute(kCn, 0x0c, "pump-7"), Attribute(kCn, 0x0c, "pump-8")}}),
                 Rule::kCommonName),
      BadlyNamed("EmptyCn", CommonName(0x0c, ""), Rule::kCommonName),
      BadlyNamed("NulInCn", CommonName(0x0c, "pump-7\0.evil"sv)),
      BadlyNamed("NulAtTheEndOfCn", CommonName(0x0c, "pump-7\0"sv)),
      BadlyNamed("NulInPrintableCn", CommonName(0x13, "pump-7\0x"sv)),
      BadlyNamed("NulInBmpCn", CommonName(0x1e, "\0p\0\0\0q"sv)),
      BadlyNamed("LineFeedInCn", CommonName(0x0c, "pump-7\nadmin")),
      BadlyNamed("DelInCn", CommonName(0x0c, "pump\x7f")),
      BadlyNamed("C1ControlInCn", CommonName(0x0c, "pump\xc2\x85")),
      BadlyNamed("ControlInIa5Cn", CommonName(0x16, "pump\x1b")),
      BadlyNamed("BadUtf8", CommonName(0x0c, "p\xff"), Rule::kName, Openssl::kAgrees),
      BadlyNamed("OverlongUtf8", CommonName(0x0c, "p\xc0\xaf"), Rule::kName, Openssl::kAgrees),
      BadlyNamed("SurrogateInUtf8", CommonName(0x0c, "p\xed\xa0\x80"), Rule::kName,
                 Openssl::kAgrees),
      BadlyNamed("TruncatedUtf8", CommonName(0x0c, "p\xc3"), Rule::kName, Openssl::kAgrees),
      BadlyNamed("TooLargeUtf8", CommonName(0x0c, "p\xf4\x90\x80\x80"), Rule::kName,
                 Openssl::kAgrees),
      BadlyNamed("Latin1InPrintableString", CommonName(0x13, "P\xfcmpe")),
      BadlyNamed("Latin1InTeletexString", CommonName(0x14, "P\xfcmpe")),
      BadlyNamed("OddBmpString", CommonName(0x1e, "\0p\0"sv), Rule::kName, not_asked),
      BadlyNamed("SurrogateInBmpString", CommonName(0x1e, "\xd8\x3d\xde\x00"sv), Rule::kName,
                 not_asked),
      BadlyNamed("TooLargeUniversalString", CommonName(0x1c, "\0\x11\0\0"sv), Rule::kName,
                 not_asked),
      BadlyNamed("CnAsOctetString", CommonName(0x04, "pump-7"), Rule::kName, not_asked),
      BadlyNamed("CnAsInteger", CommonName(0x02, "\7"), Rule::kName, not_asked),
      BadlyNamed("BadUtf8InAnotherAttribute",
                 NameOf({{Attribute(kCn, 0x0c, "p")}, {Attribute("2.5.4.10", 0x0c, "\xff")}}),
                 Rule::kName, Openssl::kAgrees),
      BadlyNamed("EmptyRdn", NameOf({{Attribute(kCn, 0x0c, "p")}, {}}), Rule::kName, not_asked),
      BadlyNamed("SubjectIsGarbage", Sequence({Der{1, 1, 1}}), Rule::kName, not_asked),
      BadlyNamed("SubjectOf5000Bytes", CommonName(0x0c, std::string(5000, 'a'))),
      {.name = "NulInNameOfTheIntermediate",
       .change = [](Case& c) { c.middle.subject = CommonName(0x0c, "CA\0"sv); },
       .rule = Rule::kName,
       .openssl = Openssl::kAccepts},
      {.name = "AltNamesOfEachForm",
       .change =
           [](Case& c) {
             c.leaf.Set(AltNames({Dns("pump-7.plant.example"), Email("pump@plant.example"),
                                  Uri("spiffe://plant/pump-7"), Ip({192, 0, 2, 7}),
                                  Directory(Name({{"CN", "x"}})), OtherName()}));
           }},
      BadAltName("NulInDns", Dns("pump-7\0.evil"sv)),
      BadAltName("Latin1InDns", Dns("p\xfcmp.example")),
      BadAltName("Utf8InEmail", Email("p\xc3\xbc@plant.example")),
      BadAltName("LineFeedInUri", Uri("a:\n")),
      BadAltName("IpOf5Bytes", Ip({1, 2, 3, 4, 5})),
      BadAltName("NulInDirectoryName", Directory(CommonName(0x0c, "\0"sv))),
      BadAltName("UnknownForm", Element(0x8b, Der{1})),
  };
}

std::vector<Row> RowsOfConstraints() {
  const auto accepts = Openssl::kAccepts;
  const Der plant = Name({{"C", "DE"}, {"O", "Plant"}});
  const Der pump = Name({{"C", "DE"}, {"O", "Plant"}, {"CN", "pump-7"}});
  const Der shouted = Name({{"C", "de"}, {"O", "PLANT"}, {"CN", "pump-7"}});
  const Der host = Name({{"CN", "pump.plant.example"}});
  const Der mailed = NameOf({{Attribute(kCn, 0x0c, "pump-7")},
                             {Attribute("1.2.840.113549.1.9.1", 0x16, "pump@plant.example")}});
  const Der v6_net{0x20, 1,    0xd,  0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                   0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Der v6{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return {
      Constrained("DnsPermitted", {Dns("plant.example")}, {}, {Dns("a.plant.example")}, true),
      Constrained("DnsPermittedItself", {Dns("plant.example")}, {}, {Dns("PLANT.example")}, true),
      Constrained("DnsNotPermitted", {Dns("plant.example")}, {}, {Dns("evil.example")}, false),
      Constrained("DnsThatOnlyEndsSo", {Dns("plant.example")}, {}, {Dns("evilplant.example")},
                  false),
      Constrained("DnsSecondNotPermitted", {Dns("plant.example")}, {},
                  {Dns("a.plant.example"), Dns("a.other.example")}, false),
      Constrained("DnsOneOfTwoPermitted", {Dns("a.example"), Dns("b.example")}, {},
                  {Dns("x.b.example")}, true),
      Constrained("DnsExcluded", {}, {Dns("plant.example")}, {Dns("a.plant.example")}, false),
      Constrained("DnsExcludedInAnyCase", {}, {Dns("plant.example")}, {Dns("A.Plant.Example")},
                  false),
      Constrained("DnsExcludedElsewhere", {}, {Dns("plant.example")}, {Dns("other.example")}, true),
      Constrained("DnsPermittedAndExcluded", {Dns("plant.example")}, {Dns("x.plant.example")},
                  {Dns("a.x.plant.example")}, false),
      Constrained("DnsBelowADot", {Dns(".plant.example")}, {}, {Dns("a.plant.example")}, true),
      Constrained("DnsNotBelowADot", {Dns(".plant.example")}, {}, {Dns("plant.example")}, false),
      Constrained("DnsAllExcluded", {}, {Dns("")}, {Dns("a.example")}, false),
      Constrained("DnsConstraintAndNoDns", {Dns("plant.example")}, {}, {}, true),
      Constrained("IpPermitted", {Ip({192, 0, 2, 0, 255, 255, 255, 0})}, {}, {Ip({192, 0, 2, 9})},
                  true),
      Constrained("IpNotPermitted", {Ip({192, 0, 2, 0, 255, 255, 255, 0})}, {},
                  {Ip({192, 0, 3, 9})}, false),
      Constrained("IpExcluded", {}, {Ip({192, 0, 2, 0, 255, 255, 255, 0})}, {Ip({192, 0, 2, 9})},
                  false),
      Constrained("Ip6Permitted", {Element(0x87, v6_net)}, {}, {Element(0x87, v6)}, true),
      Constrained("Ip6WhereIp4IsPermitted", {Ip({192, 0, 2, 0, 255, 255, 255, 0})}, {},
                  {Element(0x87, v6)}, false),
      Constrained("EmailOfHostPermitted", {Email("plant.example")}, {}, {Email("a@plant.example")},
                  true),
      Constrained("EmailOfHostBelowNotPermitted", {Email("plant.example")}, {},
                  {Email("a@x.plant.example")}, false),
      Constrained("EmailOfDomainPermitted", {Email(".plant.example")}, {},
                  {Email("a@x.plant.example")}, true),
      Constrained("EmailOfMailboxPermitted", {Email("a@plant.example")}, {},
                  {Email("a@plant.example")}, true),
      Constrained("EmailOfAnotherMailbox", {Email("a@plant.example")}, {},
                  {Email("b@plant.example")}, false),
      Constrained("EmailExcluded", {}, {Email("plant.example")}, {Email("a@PLANT.example")}, false),
      Constrained("EmailAllExcluded", {}, {Email("")}, {Email("a@plant.example")}, false,
                  Openssl::kNotAsked),
      Constrained("EmailWithoutAt", {}, {Email("plant.example")}, {Email("plant.example")}, false),
      Constrained("UriConstraintAndUri", {Uri("plant.example")}, {},
                  {Uri("https://plant.example/x")}, false, accepts),
      Constrained("UriExcludedAndUri", {}, {Uri("evil.example")}, {Uri("https://plant.example/x")},
                  false, accepts),
      Constrained("UriConstraintAndNoUri", {Uri("plant.example")}, {}, {}, true),
      Constrained("OtherNameConstraintAndOtherName", {OtherName()}, {}, {OtherName()}, false,
                  Openssl::kNotAsked),
      Constrained("DirectoryAltNameNotPermitted", {Directory(plant)}, {},
                  {Directory(Name({{"C", "FR"}}))}, false),
      ConstrainedSubject("SubjectPermitted", {Directory(plant)}, {}, pump, "pump-7", true),
      ConstrainedSubject("SubjectPermittedInAnyCase", {Directory(plant)}, {}, shouted, "pump-7",
                         true),
      ConstrainedSubject("SubjectNotPermitted", {Directory(plant)}, {}, Name({{"CN", "pump-7"}}),
                         "", false),
      ConstrainedSubject("SubjectInAnotherOrder", {Directory(plant)}, {},
                         Name({{"O", "Plant"}, {"C", "DE"}, {"CN", "p"}}), "", false),
      ConstrainedSubject("SubjectExcluded", {}, {Directory(plant)}, pump, "", false),
      ConstrainedSubject("SubjectExcludedInAnyCase", {}, {Directory(plant)}, shouted, "", false),
      ConstrainedSubject("HostAsCnPermitted", {Dns("plant.example")}, {}, host,
                         "pump.plant.example", true),
      ConstrainedSubject("HostAsCnNotPermitted", {Dns("other.example")}, {}, host, "", false),
      ConstrainedSubject("HostAsCnExcluded", {}, {Dns("plant.example")}, host, "", false),
      ConstrainedSubject("DeviceAsCnIsNoHost", {Dns("other.example")}, {}, Name({{"CN", "pump-7"}}),
                         "pump-7", true),
      {.name = "HostAsCnBesideAnAltNameIsChecked",
       .change =
           [=](Case& c) {
             c.leaf.subject = host;
             c.leaf.Set(AltNames({Dns("a.other.example")}));
             c.middle.Set(NameConstraints({Dns("other.example")}, {}));
           },
       .rule = Rule::kNameConstraints,
       .openssl = accepts},
      ConstrainedSubject("EmailInSubjectPermitted", {Email("plant.example")}, {}, mailed, "pump-7",
                         true),
      ConstrainedSubject("EmailInSubjectNotPermitted", {Email("other.example")}, {}, mailed, "",
                         false),
      {.name = "ConstraintsOfTheRootHoldForTheIntermediate",
       .change = [=](Case& c) { c.root.Set(NameConstraints({}, {Directory(plant)})); },
       .rule = Rule::kNameConstraints},
      {.name = "ConstraintsDoNotHoldForWhatIssuedItself",
       .change =
           [](Case& c) {
             CertificateSpec renewed = c.MakeCa(c.root.subject, 7);
             renewed.signer = c.root.key;
             c.root.Set(NameConstraints({}, {Directory(c.root.subject)}));
             c.middle.issuer = c.root.subject;
             c.middle.signer = renewed.key;
             c.more_shown.push_back(renewed);
           },
       .openssl = Openssl::kNotAsked},
      {.name = "ConstraintsOfTheRootHoldForTheLeaf",
       .change =
           [=](Case& c) {
             c.root.Set(NameConstraints({}, {Dns("plant.example")}));
             c.leaf.Set(AltNames({Dns("a.plant.example")}));
           },
       .rule = Rule::kNameConstraints},
      {.name = "ConstraintsThatAreNotCriticalHoldAsWell",
       .change =
           [=](Case& c) {
             c.middle.Set(NameConstraints({}, {Dns("plant.example")}));
             c.middle.extensions.back().critical = false;
             c.leaf.Set(AltNames({Dns("a.plant.example")}));
           },
       .rule = Rule::kNameConstraints},
      {.name = "ConstraintsWithAMinimum",
       .change =
           [=](Case& c) {
             const Der subtree = Sequence({Dns("plant.example"), Element(0x80, Der{1})});
             c.middle.Set({.object_id = "2.5.29.30",
                           .value = Sequence({Element(0xa0, subtree)}),
                           .critical = true});
           },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
      {.name = "EmptyConstraints",
       .change = [](Case& c) { c.middle.Set(NameConstraints({}, {})); },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
  };
}

}  // namespace signet::forge
