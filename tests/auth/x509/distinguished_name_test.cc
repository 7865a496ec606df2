// DistinguishedName: text and DER, and that they mean the same; openssl's own output is the judge.
#include "auth/x509/distinguished_name.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/auth/x509/openssl_verify.h"
#include "tests/support/bytes.h"

namespace signet::auth {
namespace {

using forge::Attribute;
using forge::Der;
using forge::Name;
using forge::NameOf;
using std::string_view_literals::operator""sv;

constexpr std::string_view kCn = "2.5.4.3";
constexpr std::string_view kO = "2.5.4.10";
constexpr std::string_view kOu = "2.5.4.11";

DistinguishedName Parsed(std::string_view text) {
  const StatusOr<DistinguishedName> name = DistinguishedName::Parse(text);
  EXPECT_TRUE(name.ok()) << text << ": " << name.error().sentence();
  return name.ok() ? *name : DistinguishedName();
}

DistinguishedName Read(const Der& der) {
  DistinguishedName name;
  EXPECT_TRUE(DistinguishedName::FromDer(der, &name));
  return name;
}

std::string Refusal(std::string_view text) {
  const StatusOr<DistinguishedName> name = DistinguishedName::Parse(text);
  return name.ok() ? "accepted" : name.error().sentence();
}

TEST(DistinguishedName, OfTextMeansWhatTheDerOfItMeans) {
  const DistinguishedName pump = Read(Name({{"CN", "pump-7"}, {"OU", "Line 2"}, {"C", "DE"}}));
  for (const std::string_view text :
       {"CN = pump-7, OU = Line 2, C = DE", "CN=pump-7,OU=Line 2,C=DE",
        "  cn =pump-7 ,  ou=  Line 2   ,c= DE  ",
        "2.5.4.3=pump-7,OID.2.5.4.11=Line 2,oid.2.5.4.6=DE",
        "commonName=pump-7, organizationalUnitName=Line 2, countryName=DE",
        "CN=\\70\\75mp-7,OU=Line\\ 2,C=DE", "CN=\"pump-7\",OU=\"Line 2\",C=\"DE\"",
        "CN=#0c0670756d702d37,OU=#13064C696E652032,C=#13024445"}) {
    EXPECT_EQ(Parsed(text), pump) << text;
  }
}

TEST(DistinguishedName, DiffersInValueOrderCaseAndNumber) {
  const DistinguishedName pump = Parsed("CN=pump-7,OU=Line 2,C=DE");
  for (const std::string_view text :
       {"CN=Pump-7,OU=Line 2,C=DE", "CN=pump-7,OU=line 2,C=DE", "CN=pump-7,OU=Line  2,C=DE",
        "C=DE,OU=Line 2,CN=pump-7", "CN=pump-7,C=DE,OU=Line 2", "CN=pump-7,OU=Line 2",
        "CN=pump-7,OU=Line 2,C=DE,O=x", "CN=pump-7+OU=Line 2,C=DE", "CN=pump-7,O=Line 2,C=DE",
        "CN=pump-7\\ ,OU=Line 2,C=DE", "CN=pump-7\\,OU=Line 2,C=DE"}) {
    EXPECT_NE(Parsed(text), pump) << text;
  }
}

TEST(DistinguishedName, IsTheSameInEveryStringType) {
  const DistinguishedName name = Parsed("CN=ab");
  for (const uint8_t tag : Der{0x0c, 0x13, 0x14, 0x16, 0x1a}) {
    EXPECT_EQ(Read(NameOf({{Attribute(kCn, tag, "ab")}})), name);
  }
  EXPECT_EQ(Read(NameOf({{Attribute(kCn, 0x1e, "\0a\0b"sv)}})), name);
  EXPECT_EQ(Read(NameOf({{Attribute(kCn, 0x1c, "\0\0\0a\0\0\0b"sv)}})), name);
  EXPECT_EQ(Read(NameOf({{Attribute(kCn, 0x12, "12")}})), Parsed("CN=12"));
}

// What two attributes of one RDN mean does not depend on their order: DER gives them one of its
// own.
TEST(DistinguishedName, HasSetsOfAttributesInItsRdns) {
  const Der der =
      NameOf({{Attribute(kCn, 0x0c, "a"), Attribute(kO, 0x0c, "b")}, {Attribute(kOu, 0x0c, "c")}});
  const DistinguishedName name = Read(der);
  EXPECT_EQ(Parsed("CN=a+O=b,OU=c"), name);
  EXPECT_EQ(Parsed("O = b + CN = a, OU = c"), name);
  EXPECT_NE(Parsed("CN=a,O=b,OU=c"), name);
  EXPECT_NE(Parsed("CN=a+O=b+OU=c"), name);
  EXPECT_NE(Parsed("OU=c,CN=a+O=b"), name);
  EXPECT_NE(Parsed("CN=a+O=b+O=b,OU=c"), name);
  EXPECT_NE(Parsed("CN=b+O=a,OU=c"), name);
}

TEST(DistinguishedName, UnderstandsEscapes) {
  const DistinguishedName name = Read(NameOf(
      {{Attribute(kCn, 0x0c, " a,b+c\"d\\e<f>g;h=i# ")}, {Attribute(kO, 0x0c, "\xc3\xbc")}}));
  EXPECT_EQ(Parsed("CN=\\ a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h=i#\\ ,O=\\C3\\BC"), name);
  EXPECT_EQ(Parsed("CN=\" a,b+c\\\"d\\\\e<f>g;h=i# \" , O = \xc3\xbc"), name);
  EXPECT_EQ(Parsed("CN=\\20a\\2cb\\2Bc\\22d\\5ce\\3cf\\3eg\\3bh\\=i\\23\\20,O=\xc3\xbc"), name);
  EXPECT_EQ(name.ToText(), "O=\xc3\xbc,CN=\\ a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h=i#\\ ");
}

TEST(DistinguishedName, IsNotMadeOfEverything) {
  EXPECT_EQ(Refusal(""), "\"\" is not of the form TYPE = VALUE");
  EXPECT_EQ(Refusal("pump-7"), "\"pump-7\" is not of the form TYPE = VALUE");
  EXPECT_EQ(Refusal("CN=a,"), "\"\" is not of the form TYPE = VALUE");
  EXPECT_EQ(Refusal("CN=a,,C=DE"), "\",C=DE\" is not of the form TYPE = VALUE");
  EXPECT_EQ(Refusal("/CN=a"), "there is no attribute type \"/CN\"");
  EXPECT_EQ(Refusal("XN=a"), "there is no attribute type \"XN\"");
  EXPECT_EQ(Refusal("OID.CN=a"), "there is no attribute type \"OID.CN\"");
  EXPECT_EQ(Refusal("=a"), "there is no attribute type \"\"");
  EXPECT_EQ(Refusal("2.5..4=a"), "there is no attribute type \"2.5..4\"");
  for (const std::string_view type :
       {"3.1.4", "1.40.1", "2", "2.", ".2.5", "2.5.x", "2.5.18446744073709551616",
        "2.18446744073709551615", "2.5. 4", "+2.5.4"}) {
    EXPECT_EQ(Refusal(fmt::format("{}=a", type)),
              type.starts_with('+') ? "\"+2.5.4=a\" is not of the form TYPE = VALUE"
                                    : fmt::format("there is no attribute type \"{}\"", type));
  }
  EXPECT_EQ(Refusal("2.05.4=a"), "there is no attribute type \"2.05.4\"");
  EXPECT_EQ(Refusal("CN=a;C=DE"), "\";C=DE\" is not expected there; an escape may be missing");
  EXPECT_EQ(Refusal("CN=\"a\"b"), "\"b\" is not expected there; an escape may be missing");
  EXPECT_EQ(Refusal("CN=\"a"), "a quoted value has no end");
  EXPECT_EQ(Refusal("CN=\\"), "\"\\\\\" is not expected there; an escape may be missing");
  EXPECT_EQ(Refusal("CN=\\zz"), "\"\\\\zz\" is not expected there; an escape may be missing");
  EXPECT_EQ(Refusal("CN=#0c"), "a value that begins with # is not a string in DER");
  EXPECT_EQ(Refusal("CN=#0203010001"), "a value that begins with # is not a string in DER");
  EXPECT_EQ(Refusal("CN=\\ff"), "the value of CN is not UTF-8, or has a control character");
  EXPECT_EQ(Refusal("CN=a\\00b"), "the value of CN is not UTF-8, or has a control character");
  EXPECT_EQ(Refusal("CN=a\nb"), "the value of CN is not UTF-8, or has a control character");
  EXPECT_EQ(Refusal("CN=" + std::string(kMaxNameBytes, 'a')), "it is too long");
  std::string many = "CN=a";
  for (size_t i = 1; i < kMaxNameAttributes; ++i) many += ",CN=a";
  EXPECT_EQ(Refusal(many), "accepted");
  EXPECT_EQ(Refusal(many + ",CN=a"), "it has too many attributes");
  EXPECT_EQ(Refusal(many + "+CN=a"), "it has too many attributes");
}

TEST(DistinguishedName, HasBoundsInDerAsWell) {
  Der rdns;
  const Der rdn = forge::Element(0x31, {Attribute(kCn, 0x0c, "a")});
  for (size_t i = 0; i < kMaxNameAttributes; ++i) forge::Append(rdn, &rdns);
  DistinguishedName name;
  EXPECT_TRUE(DistinguishedName::FromDer(forge::Element(0x30, rdns), &name));
  forge::Append(rdn, &rdns);
  EXPECT_FALSE(DistinguishedName::FromDer(forge::Element(0x30, rdns), &name));
  EXPECT_FALSE(DistinguishedName::FromDer(
      NameOf({{Attribute(kCn, 0x0c, std::string(kMaxNameBytes, 'a'))}}), &name));
}

TEST(DistinguishedName, IsReadFromNoTruncationOfItself) {
  const Der whole = Name({{"CN", "pump-7"}, {"OU", "Line 2"}, {"C", "DE"}});
  DistinguishedName name;
  for (size_t size = 0; size < whole.size(); ++size) {
    const ExactCopy part(ByteView(whole).first(size));
    EXPECT_FALSE(DistinguishedName::FromDer(part, &name)) << size;
  }
}

TEST(DistinguishedName, IsWithinItsBeginningsWithoutRegardToCaseAndBlanks) {
  const DistinguishedName name = Parsed("C=DE,O=The  Plant,CN=pump");
  for (const std::string_view base :
       {"C=DE", "C=de", "C=DE,O=the plant", "C=DE,O=\\ THE PLANT", "C=DE,O=The Plant,CN=PUMP"}) {
    EXPECT_TRUE(name.IsWithin(Parsed(base))) << base;
  }
  EXPECT_TRUE(name.IsWithin(DistinguishedName()));
  for (const std::string_view base :
       {"C=D", "O=The Plant", "C=DE,O=ThePlant", "C=DE,O=The Plant,CN=pump,OU=x"}) {
    EXPECT_FALSE(name.IsWithin(Parsed(base))) << base;
  }
}

// Several dozen names: what openssl prints as one line is read as what the certificate says, and
// what we write as RFC 4514 is what openssl writes. (Not where a value is a lone `#`: it forgets to
// escape that.)
TEST(DistinguishedName, IsWhatOpensslPrints) {
  std::vector<Der> names;
  const std::string_view values[] = {"pump-7",
                                     "a,b",
                                     "a+b",
                                     "\"quoted\"",
                                     " leading",
                                     "trailing ",
                                     "#hash",
                                     "back\\slash",
                                     "a;b",
                                     "<a>",
                                     "a=b",
                                     "P\xc3\xbcmpe",
                                     "\xe6\xb0\xb4",
                                     "\xf0\x9f\x98\x80",
                                     "a  b",
                                     " ",
                                     "\\",
                                     "'",
                                     "a/b",
                                     "CN=x",
                                     "a,CN=b",
                                     "*",
                                     "@",
                                     "O'Neill, Inc."};
  for (const std::string_view value : values) {
    names.push_back(NameOf({{Attribute(kCn, 0x0c, value)}}));
    names.push_back(NameOf({{Attribute("2.5.4.6", 0x13, "DE")},
                            {Attribute(kOu, 0x0c, value), Attribute(kO, 0x0c, "x")},
                            {Attribute(kCn, 0x0c, value)}}));
  }
  for (const std::string_view type : {"2.5.4.4",
                                      "2.5.4.5",
                                      "2.5.4.7",
                                      "2.5.4.8",
                                      "2.5.4.9",
                                      "2.5.4.12",
                                      "2.5.4.13",
                                      "2.5.4.15",
                                      "2.5.4.17",
                                      "2.5.4.20",
                                      "2.5.4.41",
                                      "2.5.4.42",
                                      "2.5.4.43",
                                      "2.5.4.44",
                                      "2.5.4.46",
                                      "2.5.4.65",
                                      "2.5.4.97",
                                      "0.9.2342.19200300.100.1.1",
                                      "0.9.2342.19200300.100.1.25",
                                      "1.2.840.113549.1.9.1",
                                      "1.2.840.113549.1.9.2",
                                      "1.3.6.1.4.1.55555.7"}) {
    names.push_back(NameOf({{Attribute(type, 0x0c, "value")}}));
  }
  ASSERT_GE(names.size(), 60u);
  const forge::Folder folder;
  std::string script;
  for (size_t i = 0; i < names.size(); ++i) {
    forge::Case c(forge::Family::kEc);
    c.leaf.subject = names[i];
    const std::string file =
        folder.Write(fmt::format("{}", i), forge::Pem("CERTIFICATE", c.Build().shown.front()));
    for (const std::string_view option :
         {"oneline", "oneline,-esc_msb,utf8", "RFC2253,-esc_msb,utf8"}) {
      script += fmt::format("openssl x509 -noout -subject -nameopt {} -in {}\n", option, file);
    }
  }
  std::string output =
      forge::OutputOf("sh " + folder.Write("script", script) + " | sed 's/^subject=//'");
  const auto line = [&] {
    const size_t end = output.find('\n');
    const std::string first = output.substr(0, end);
    output.erase(0, end + 1);
    return first;
  };
  for (const Der& der : names) {
    const DistinguishedName name = Read(der);
    const std::string text = name.ToText();
    EXPECT_EQ(Parsed(line()), name) << text;
    EXPECT_EQ(Parsed(line()), name) << text;
    EXPECT_EQ(text, line());
  }
}

}  // namespace
}  // namespace signet::auth
