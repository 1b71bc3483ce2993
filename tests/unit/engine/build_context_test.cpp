#include <fairlead/engine/build.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace fairlead::engine {
namespace {

namespace fs = std::filesystem;

class BuildContext : public ::testing::Test {
 protected:
  BuildContext() {
    std::string name = fs::temp_directory_path() / "fairlead-context.XXXXXX";
    folder_ = ::mkdtemp(name.data());
    fs::create_directory(folder_ / "context");
    write("context/file", "content");
    write("Dockerfile", "FROM scratch\nCOPY . /\n");
  }
  ~BuildContext() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  std::string archive() const {
    BuildImageRequest request;
    request.context = folder_ / "context";
    request.dockerfile = folder_ / "Dockerfile";
    const auto build = classic_build(request);
    std::array<char, 4096> data;
    std::string all;
    while (const auto size = build.context(data.data(), data.size())) all.append(data.data(), size);
    return all;
  }

  fs::path folder_;
};

// What COPY sees must not depend on where the Dockerfile lies.
TEST_F(BuildContext, HidesADockerfileFromOutside) {
  EXPECT_NE(archive().find(".dockerignore\n.dockerfile.fairlead\n"), std::string::npos);
}

TEST_F(BuildContext, KeepsTheUsersIgnoreFileWhenItHidesADockerfile) {
  write("context/.dockerignore", "other");
  EXPECT_NE(archive().find("other\n.dockerfile.fairlead\n"), std::string::npos);
}

}  // namespace
}  // namespace fairlead::engine
