// The request of the classic builder; what docker's client would send decides.

#include <fairlead/engine/build.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fairlead::engine {
namespace {

class ClassicBuildTest : public testing::Test {
 protected:
  ClassicBuildTest() {
    std::string pattern = testing::TempDir() + "fairlead-build-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream(folder_ / "Dockerfile") << "FROM scratch\n";
  }
  ~ClassicBuildTest() override { std::filesystem::remove_all(folder_); }

  std::string target(std::vector<std::string> options) const {
    BuildImageRequest request;
    request.context = folder_.string();
    request.options = std::move(options);
    return classic_build(request).target;
  }

  std::filesystem::path folder_;
};

TEST_F(ClassicBuildTest, ReadsSizesAsDockerDoes) {
  const auto sent = target({"--memory", "512m", "--memory-swap=-1", "--shm-size=1g"});
  EXPECT_NE(sent.find("memory=536870912"), std::string::npos) << sent;
  EXPECT_NE(sent.find("memswap=-1"), std::string::npos) << sent;
  EXPECT_NE(sent.find("shmsize=1073741824"), std::string::npos) << sent;
}

TEST_F(ClassicBuildTest, RefusesASizeThatIsNone) {
  try {
    target({"--memory", "much"});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "image.build_option");
    EXPECT_NE(error.message().find("--memory"), std::string::npos) << error.message();
  }
}

TEST_F(ClassicBuildTest, LeavesAnArgumentWithoutValueToTheDockerfile) {
  const auto sent = target({"--build-arg", "A", "--build-arg", "B=", "--build-arg=C=1"});
  EXPECT_NE(sent.find("buildargs=%7B%22A%22%3Anull%2C%22B%22%3A%22%22%2C%22C%22%3A%221%22%7D"),
            std::string::npos)
      << sent;
}

TEST(InstanceJson, TellsTheFirstProcess) {
  EXPECT_EQ(pid_from_inspect(R"({"State":{"Running":true,"Pid":4711}})"), 4711);
  EXPECT_EQ(pid_from_inspect(R"({"State":{"Running":false,"Pid":0}})"), 0);
  EXPECT_EQ(pid_from_inspect("{}"), 0);
}

}  // namespace
}  // namespace fairlead::engine
