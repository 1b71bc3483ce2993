// Images in an OCI layout become root filesystems.

#include <fairlead/error.hpp>
#include <fairlead/sdk/oci.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

int run(const std::string& command) { return std::system(command.c_str()); }  // NOLINT

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class OciImage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "skipped: unpacking needs root (geteuid)";
    std::string name = ::testing::TempDir() + "fl-oci-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    fs::create_directories(folder_ / "layout/blobs/sha256");
  }
  ~OciImage() override {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }

  /// Stores a file as a blob and says its digest.
  std::string store(const fs::path& file) {
    run("sha256sum " + file.string() + " | cut -c1-64 | tr -d '\\n' >" +
        (folder_ / "sum").string());
    const auto sum = content(folder_ / "sum");
    fs::copy_file(file, folder_ / "layout/blobs/sha256" / sum,
                  fs::copy_options::overwrite_existing);
    return "sha256:" + sum;
  }
  std::string store_text(const std::string& text) {
    std::ofstream(folder_ / "text") << text;
    return store(folder_ / "text");
  }
  /// A layer of what `script` makes in an empty folder.
  std::string layer(const std::string& script) {
    const auto tree = folder_ / "tree";
    fs::remove_all(tree);
    fs::create_directory(tree);
    EXPECT_EQ(run("cd " + tree.string() + " && " + script + " && tar -czf ../layer.tgz ."), 0);
    return store(folder_ / "layer.tgz");
  }
  void image(const std::vector<std::string>& layers) {
    const auto config = store_text(
        R"({"os":"linux","architecture":"amd64","config":{"User":"dev","Env":["A=1"],"Cmd":["sh"],)"
        R"("Labels":{"l":"v"}}})");
    std::string list;
    for (const auto& each : layers) list += (list.empty() ? "" : ",") + entry(each);
    const auto manifest = store_text(R"({"schemaVersion":2,"config":)" + entry(config) +
                                     R"(,"layers":[)" + list + "]}");
    std::ofstream(folder_ / "layout/index.json")
        << R"({"schemaVersion":2,"manifests":[{"digest":")" << manifest
        << R"(","annotations":{"org.opencontainers.image.ref.name":"one"}}]})";
  }
  static std::string entry(const std::string& digest) { return R"({"digest":")" + digest + "\"}"; }

  ImageInfo unpack(const std::string& tag = "one") {
    const UniqueFd cancel(::eventfd(cancelled_ ? 1 : 0, EFD_CLOEXEC));
    const fairlead_call raw{sizeof raw,
                            cancel.get(),
                            nullptr,
                            0,
                            nullptr,
                            [](const fairlead_call*, fairlead_str) {},
                            [](const fairlead_call*, fairlead_status, fairlead_str,
                               const std::int32_t*, std::size_t) {}};
    const sdk::Call call(&raw);
    return sdk::unpack_oci_layout((folder_ / "layout").string(), tag, root().string(), call);
  }
  Error problem(const std::string& tag = "one") {
    try {
      unpack(tag);
    } catch (const Error& error) {
      return error;
    }
    return {Status::ok, "nothing", "nothing was thrown"};
  }
  fs::path root() const { return folder_ / "root"; }

  fs::path folder_;
  bool cancelled_ = false;
};

TEST_F(OciImage, IsUnpackedLayerByLayer) {
  image({layer("mkdir etc && echo old >etc/a && echo stays >etc/b && chmod 640 etc/b"),
         layer("mkdir etc && echo new >etc/a")});
  const auto info = unpack();
  EXPECT_EQ(info.user, "dev");
  EXPECT_EQ(info.env, std::vector<std::string>{"A=1"});
  EXPECT_EQ(info.command, std::vector<std::string>{"sh"});
  EXPECT_EQ(info.labels.at("l"), "v");
  EXPECT_EQ(content(root() / "etc/a"), "new\n");
  EXPECT_EQ(content(root() / "etc/b"), "stays\n");
  EXPECT_EQ(fs::status(root() / "etc/b").permissions(), fs::perms{0640});
}

TEST_F(OciImage, LosesWhatALaterLayerRemoves) {
  image({layer("mkdir -p a/deep b && touch a/deep/x b/one b/two"),
         layer("mkdir b && touch .wh.a b/.wh..wh..opq b/three")});
  unpack();
  EXPECT_FALSE(fs::exists(root() / "a"));
  EXPECT_FALSE(fs::exists(root() / "b/one"));
  EXPECT_TRUE(fs::exists(root() / "b/three"));
  EXPECT_FALSE(fs::exists(root() / ".wh.a"));
}

TEST_F(OciImage, CannotReachOutOfItsRoot) {
  const auto outside = folder_ / "outside";
  fs::create_directory(outside);
  std::ofstream(outside / "kept") << "kept";
  image({layer("ln -s " + outside.string() + " link && ln -s / top"),
         layer("mkdir link && echo bad >link/kept && touch link/.wh.kept")});
  problem();
  EXPECT_EQ(content(outside / "kept"), "kept");
  EXPECT_FALSE(fs::exists(outside / "bad"));
}

TEST_F(OciImage, WritesThroughItsOwnLinks) {
  image({layer("mkdir -p usr/lib && ln -s usr/lib lib"), layer("mkdir lib && echo x >lib/file")});
  unpack();
  EXPECT_TRUE(fs::is_symlink(root() / "lib"));
  EXPECT_EQ(content(root() / "usr/lib/file"), "x\n");
}

TEST_F(OciImage, ThatIsDamagedIsRefused) {
  const auto digest = layer("touch a");
  image({digest});
  std::ofstream(folder_ / "layout/blobs/sha256" / digest.substr(7), std::ios::app) << "more";
  EXPECT_EQ(problem().code(), "image.digest");
}

// Such a layer would be unpacked by a program that the image brings.
TEST_F(OciImage, OfAnUnknownCompressionIsRefused) {
  image({store_text("LRZI" + std::string(64, '\0')), layer("touch never")});
  const auto error = problem();
  EXPECT_EQ(error.code(), "image.unpack");
  EXPECT_NE(error.message().find("Unrecognized archive format"), std::string::npos)
      << error.message();
  EXPECT_FALSE(fs::exists(root() / "never"));
}

TEST_F(OciImage, ForAnotherSystemIsPassedOver) {
  image({layer("touch a")});
  auto index = content(folder_ / "layout/index.json");
  const auto wanted = index.substr(index.find("{\"digest\""));
  const auto other = store_text("{}");
  std::ofstream(folder_ / "layout/index.json")
      << R"({"manifests":[{"digest":")" << other
      << R"(","platform":{"os":"windows"},)"
         R"("annotations":{"org.opencontainers.image.ref.name":"one"}},)"
      << wanted;
  unpack();
  EXPECT_TRUE(fs::exists(root() / "a"));
}

TEST_F(OciImage, WithOddDigestsIsRefused) {
  std::ofstream(folder_ / "layout/index.json")
      << R"({"manifests":[{"digest":"sha256:../../../../etc/passwd"}]})";
  EXPECT_EQ(problem("").code(), "image.layout");
}

TEST_F(OciImage, IsNotFoundByAnotherTag) {
  image({layer("touch a")});
  EXPECT_EQ(problem("two").code(), "image.not_found");
}

TEST_F(OciImage, ThatLacksABlobSaysWhich) {
  image({layer("touch a")});
  fs::remove_all(folder_ / "layout/blobs");
  EXPECT_EQ(problem().code(), "image.layout");
}

TEST_F(OciImage, IsCancelled) {
  image({layer("touch a")});
  cancelled_ = true;
  EXPECT_EQ(problem().status(), Status::cancelled);
}

}  // namespace
}  // namespace fairlead::test
