#include "auth/kubernetes/names.h"

#include <gtest/gtest.h>

#include "auth/kubernetes/kubernetes_claims.h"

namespace signet::auth {
namespace {

TEST(ServiceAccountUsername, IsTakenApartAndPutTogether) {
  const auto name = ParseServiceAccountUsername("system:serviceaccount:line1:press");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->namespace_name, "line1");
  EXPECT_EQ(name->name, "press");
  EXPECT_EQ(name->ToUsername(), "system:serviceaccount:line1:press");
  EXPECT_EQ(ParseServiceAccountUsername("system:serviceaccount:a:b.c-d.e")->name, "b.c-d.e");
}

TEST(ServiceAccountUsername, OfAnybodyElseIsNone) {
  for (const char* username : {"",
                               "admin",
                               "system:admin",
                               "system:serviceaccount:",
                               "system:serviceaccount::press",
                               "system:serviceaccount:line1:",
                               "system:serviceaccount:line1",
                               "system:serviceaccount:line1:press:more",
                               "System:serviceaccount:line1:press",
                               " system:serviceaccount:line1:press",
                               "system:serviceaccounts:line1:press",
                               "system:node:worker",
                               "system:serviceaccount:Line1:press",
                               "system:serviceaccount:line.1:press",
                               "system:serviceaccount:line1:../secrets/x",
                               "system:serviceaccount:line1:press?x=y",
                               "system:serviceaccount:line1:press\n",
                               "system:serviceaccount:line1:-press",
                               "system:serviceaccount:line1:press-",
                               "system:serviceaccount:line1:press.",
                               "system:serviceaccount:line1:.press",
                               "system:serviceaccount:line1:a..b",
                               "system:serviceaccount:line1:pré"}) {
    EXPECT_FALSE(ParseServiceAccountUsername(username)) << username;
  }
}

TEST(DnsNames, AreBounded) {
  EXPECT_TRUE(IsDnsLabel(std::string(63, 'a')));
  EXPECT_FALSE(IsDnsLabel(std::string(64, 'a')));
  EXPECT_TRUE(IsDnsSubdomain(std::string(253, 'a')));
  EXPECT_FALSE(IsDnsSubdomain(std::string(254, 'a')));
  EXPECT_FALSE(IsDnsSubdomain(""));
  EXPECT_FALSE(IsDnsLabel(""));
}

std::optional<ServiceAccountName> AccountOf(std::string_view json) {
  const auto document = JsonDocument::Read(json, 4096);
  EXPECT_TRUE(document.ok()) << json;
  const auto claims = ReadKubernetesClaims(document->root());
  EXPECT_TRUE(claims.ok()) << json;
  return claims->account();
}

TEST(KubernetesClaims, SayWhoseTheTokenIs) {
  const auto document = JsonDocument::Read(
      R"({"kubernetes.io":{"namespace":"line1","node":{"name":"n","uid":"u1"},
          "pod":{"name":"press-6d5f","uid":"u2"},"serviceaccount":{"name":"press","uid":"u3"},
          "warnafter":1700000000}})",
      4096);
  const auto claims = ReadKubernetesClaims(document->root());
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->namespace_name, "line1");
  EXPECT_EQ(claims->node.name, "n");
  EXPECT_EQ(claims->pod.name, "press-6d5f");
  EXPECT_EQ(claims->pod.uid, "u2");
  EXPECT_EQ(claims->service_account.uid, "u3");
  EXPECT_EQ(claims->account()->ToUsername(), "system:serviceaccount:line1:press");
}

TEST(KubernetesClaims, MayBeMissing) {
  EXPECT_FALSE(AccountOf("{}"));
  EXPECT_FALSE(AccountOf(R"({"kubernetes.io":{}})"));
  EXPECT_FALSE(AccountOf(R"({"kubernetes.io":{"namespace":"line1"}})"));
  EXPECT_FALSE(AccountOf(R"({"kubernetes.io":{"serviceaccount":{"name":"press"}}})"));
  EXPECT_FALSE(AccountOf(R"({"kubernetes.io":{"namespace":"..","serviceaccount":{"name":"a"}}})"));
}

TEST(KubernetesClaims, AreAsKubernetesMakesThem) {
  for (const char* json :
       {R"({"kubernetes.io":"line1"})", R"({"kubernetes.io":null})",
        R"({"kubernetes.io":{"namespace":1}})", R"({"kubernetes.io":{"serviceaccount":"press"}})",
        R"({"kubernetes.io":{"serviceaccount":{"name":["press"]}}})",
        R"({"kubernetes.io":{"pod":{"uid":7}}})", R"({"kubernetes.io":{"node":[]}})"}) {
    const auto document = JsonDocument::Read(json, 4096);
    EXPECT_FALSE(ReadKubernetesClaims(document->root()).ok()) << json;
  }
}

}  // namespace
}  // namespace signet::auth
