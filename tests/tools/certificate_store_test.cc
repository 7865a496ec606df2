// The files of the broker's own CA: kept over a restart, closed to others, replaced whole.
#include "tools/broker/certificate_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "net/tls/certificate_maker.h"
#include "net/tls/tls_context.h"

namespace signet {
namespace {

constexpr int64_t kDay = 86'400;

class CertificateStoreTest : public ::testing::Test {
 protected:
  CertificateStoreTest() {
    std::string name = std::filesystem::temp_directory_path() / "signet-state-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = std::filesystem::path(name) / "state";
  }
  ~CertificateStoreTest() override { std::filesystem::remove_all(folder_.parent_path()); }

  CertificateStore Open() {
    StatusOr<CertificateStore> store = CertificateStore::Open(folder_, now_);
    EXPECT_TRUE(store.ok()) << store.error().sentence();
    return std::move(*store);
  }
  std::string OpenError() {
    const auto store = CertificateStore::Open(folder_, now_);
    return store.ok() ? "" : store.error().sentence();
  }
  mode_t ModeOf(const std::string& file) {
    struct stat info = {};
    EXPECT_EQ(stat((folder_ / file).c_str(), &info), 0) << file;
    return info.st_mode & 0777;
  }
  void Write(const std::string& file, const std::string& content) {
    std::ofstream(folder_ / file) << content;
  }

  std::filesystem::path folder_;
  int64_t now_ = std::time(nullptr);
  ServerCertificateSpec spec_{.dns = {"broker.example"}};
};

TEST_F(CertificateStoreTest, MakesACaAndKeepsIt) {
  const std::string first = Open().ca_pem();
  EXPECT_EQ(Open().ca_pem(), first);
  std::ifstream file(folder_ / "ca.crt");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), first);
}

TEST_F(CertificateStoreTest, ClosesItsSecretsToOthers) {
  const mode_t old = umask(0);
  EXPECT_TRUE(Open().ServerCertificate("default-8883", spec_, now_).ok());
  umask(old);
  EXPECT_EQ(ModeOf("ca.crt"), 0644u);
  EXPECT_EQ(ModeOf("ca.key"), 0600u);
  EXPECT_EQ(ModeOf("tls"), 0700u);
  EXPECT_EQ(ModeOf("tls/default-8883.pem"), 0600u);
}

TEST_F(CertificateStoreTest, TheCaCanBeFetchedUnderAnyUmask) {
  const mode_t old = umask(077);
  Open();
  umask(old);
  EXPECT_EQ(ModeOf("ca.crt"), 0644u);
}

TEST_F(CertificateStoreTest, KeepsACertificateUntilItIsDue) {
  const StoredCertificate first = *Open().ServerCertificate("a", spec_, now_);
  EXPECT_TRUE(first.is_new);
  EXPECT_EQ(first.renew_at_s, now_ + 60 * kDay);
  const StoredCertificate again = *Open().ServerCertificate("a", spec_, now_ + 59 * kDay);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.identity, first.identity);
  EXPECT_EQ(again.renew_at_s, first.renew_at_s);
  const StoredCertificate later = *Open().ServerCertificate("a", spec_, now_ + 60 * kDay);
  EXPECT_TRUE(later.is_new);
  EXPECT_NE(later.identity.chain_pem, first.identity.chain_pem);
  EXPECT_NE(later.identity.key_pem, first.identity.key_pem);
  EXPECT_EQ(later.renew_at_s, now_ + 120 * kDay);
}

TEST_F(CertificateStoreTest, KeepsTheKeyWhereItIsNotToRotate) {
  spec_.rotation = KeyRotation::kNever;
  const StoredCertificate first = *Open().ServerCertificate("a", spec_, now_);
  const StoredCertificate later = *Open().ServerCertificate("a", spec_, now_ + 61 * kDay);
  EXPECT_NE(later.identity.chain_pem, first.identity.chain_pem);
  EXPECT_EQ(later.identity.key_pem, first.identity.key_pem);
}

TEST_F(CertificateStoreTest, IssuesAnewWhatHasChanged) {
  const CertificateStore store = Open();
  EXPECT_TRUE(store.ServerCertificate("a", spec_, now_)->is_new);
  EXPECT_TRUE(store.ServerCertificate("b", spec_, now_)->is_new);
  spec_.dns.emplace_back("another.example");
  EXPECT_TRUE(store.ServerCertificate("a", spec_, now_)->is_new);
  EXPECT_FALSE(store.ServerCertificate("a", spec_, now_)->is_new);
}

TEST_F(CertificateStoreTest, IssuesAnewWhatIsBroken) {
  const CertificateStore store = Open();
  EXPECT_TRUE(store.ServerCertificate("a", spec_, now_)->is_new);
  for (const char* content : {"", "-----BEGIN", "-----BEGIN PRIVATE KEY-----"}) {
    Write("tls/a.pem", content);
    EXPECT_TRUE(store.ServerCertificate("a", spec_, now_)->is_new);
    EXPECT_FALSE(store.ServerCertificate("a", spec_, now_)->is_new);
  }
}

TEST_F(CertificateStoreTest, GivesWhatATlsContextTakes) {
  spec_.ips = {"127.0.0.1"};  // Which is there already.
  const StoredCertificate stored = *Open().ServerCertificate("a", spec_, now_);
  const auto context = TlsContext::Create({.identities = {stored.identity}}, nullptr, now_);
  ASSERT_TRUE(context.ok()) << context.error().sentence();
  EXPECT_TRUE((*context)->warnings().empty());
}

TEST_F(CertificateStoreTest, ACaThatIsHalfMadeIsMadeAgain) {
  Open();
  std::filesystem::remove(folder_ / "ca.crt");  // Its key comes first.
  const std::string made = Open().ca_pem();
  EXPECT_EQ(Open().ca_pem(), made);
}

TEST_F(CertificateStoreTest, ACaIsNeverReplacedInSilence) {
  Open();
  const std::string advice =
      "; put the right files back, or remove ca.crt and ca.key there, and give clients the CA that "
      "is then made";
  const std::string path = folder_ / "ca.crt";
  std::filesystem::rename(folder_ / "ca.key", folder_ / "ca.key.away");
  EXPECT_EQ(OpenError(), path +
                             ": its key is not a private key in PEM without a password (RSA, EC or "
                             "Ed25519)" +
                             advice);
  Write("ca.key", std::string(MakeKey(KeyAlgorithm::kEc256)->text()));
  std::filesystem::permissions(folder_ / "ca.key", std::filesystem::perms(0600));
  EXPECT_EQ(OpenError(), path + ": its key belongs to another certificate" + advice);
  std::filesystem::rename(folder_ / "ca.key.away", folder_ / "ca.key");
  EXPECT_EQ(OpenError(), "");
  now_ += 3651 * kDay;
  EXPECT_EQ(OpenError().find(path + ": it expired on "), 0u);
}

TEST_F(CertificateStoreTest, RefusesAKeyThatOthersCanRead) {
  Open();
  std::filesystem::permissions(folder_ / "ca.key", std::filesystem::perms(0640));
  EXPECT_EQ(OpenError(), (folder_ / "ca.key").string() +
                             " is open to others than its owner: chmod 600 it, and consider "
                             "whether its key has been read");
}

TEST_F(CertificateStoreTest, LeavesTheOldFileWhenTheNewCannotBeWritten) {
  const CertificateStore store = Open();
  const StoredCertificate first = *store.ServerCertificate("a", spec_, now_);
  // A folder where the new file would be written.
  std::filesystem::create_directory(folder_ / "tls/a.pem.new");
  const auto failed = store.ServerCertificate("a", spec_, now_ + 61 * kDay);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().sentence(),
            (folder_ / "tls/a.pem.new").string() + " cannot be written: File exists");
  EXPECT_EQ(store.ServerCertificate("a", spec_, now_)->identity, first.identity);
}

TEST_F(CertificateStoreTest, NamesStayInTheirFolder) {
  const CertificateStore store = Open();
  for (const char* name : {"", "../a", "a/b", ".a", "A", "a b"}) {
    EXPECT_FALSE(store.ServerCertificate(name, spec_, now_).ok()) << name;
  }
}

TEST_F(CertificateStoreTest, SaysWhatCannotBeHad) {
  spec_.renew_before_s = 100 * kDay;
  const auto stored = Open().ServerCertificate("a", spec_, now_);
  ASSERT_FALSE(stored.ok());
  EXPECT_EQ(stored.error().sentence(), "renewBefore is shorter than duration");
}

}  // namespace
}  // namespace signet
