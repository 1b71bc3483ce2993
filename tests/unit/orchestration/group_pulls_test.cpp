#include "engine/group_pulls.hpp"

#include "base/atomic_file.hpp"
#include "engine/passing_backend.hpp"
#include "unit/ports/sockets.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <future>
#include <map>
#include <string>
#include <vector>

namespace fairlead {
namespace {

class SilentLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

/// Has no image, and notes what is pulled with which credentials.
class EmptyBackend final : public PassingBackend {
 public:
  EmptyBackend() : PassingBackend(nullptr) {}
  const std::string& name() const override { return name_; }
  ImageInfo inspect_image(const InspectImageRequest& request, CallOptions /*options*/) override {
    throw Error(Status::not_found, "image.missing", request.image);
  }
  void pull_image(const PullImageRequest& request, CallOptions options) override {
    const auto index = static_cast<std::size_t>(request.credentials.fd);
    std::string with;
    if (request.credentials)
      with = read_file("/proc/self/fd/" + std::to_string(options.fds.at(index).get()));
    pulled[request.image] = with;
    if (request.image == fails) throw Error(Status::failed, "image.pull", "No.");
  }

  std::map<std::string, std::string> pulled;
  std::string fails;

 private:
  std::string name_ = "empty";
};

/// The helper knows one registry, and notes each question.
class GroupPullsTest : public ::testing::Test {
 protected:
  GroupPullsTest() {
    write_file("config.json", R"({"credHelpers": {"one.test": "noting", "two.test": "noting"}})");
    write_file("docker-credential-noting",
               "#!/bin/sh\nread registry\necho \"$registry\" >>'" + folder_.path() +
                   "/asked'\n[ \"$registry\" = one.test ] || exit 1\n"
                   "echo '{\"Username\": \"me\", \"Secret\": \"word\"}'\n");
    ::chmod((folder_.path() + "/docker-credential-noting").c_str(), 0755);
  }
  void write_file(const std::string& name, const std::string& content) {
    write_cache_file(folder_.path() + "/" + name, content, 0600);
  }
  std::string asked() {
    return read_file_if_there(folder_.path() + "/asked").value_or(std::string());
  }
  bool pull(const std::vector<std::string>& bases, bool anew, const std::stop_token& stop = {}) {
    Workspace workspace{.settings = core_.settings({}, nullptr)};
    ServiceGroup services;
    for (const auto& base : bases) {
      GroupImage built;
      built.dockerfile = "FROM " + base + "\n";
      services.resolved.images.push_back(built);
    }
    return pull_for_group(core_, workspace, services, backend_, "amd64", anew, stop);
  }

  ports::test::Folder folder_;
  SilentLog log_;
  Core core_{{.environment = {{"HOME", folder_.path()},
                              {"XDG_RUNTIME_DIR", folder_.path()},
                              {"DOCKER_CONFIG", folder_.path()},
                              {"PATH", folder_.path() + ":/usr/bin:/bin"}},
              .working_directory = folder_.path(),
              .host = "ssh://somewhere"},
             log_};
  EmptyBackend backend_;
};

constexpr auto credentials = R"({"password":"word","username":"me"})";

TEST_F(GroupPullsTest, AskForCredentialsOncePerRegistry) {
  EXPECT_TRUE(pull({"one.test/a", "one.test/b", "two.test/c"}, /*anew=*/true));
  EXPECT_EQ(backend_.pulled,
            (std::map<std::string, std::string>{
                {"one.test/a", credentials}, {"one.test/b", credentials}, {"two.test/c", ""}}));
  EXPECT_EQ(asked(), "one.test\ntwo.test\n");
}

TEST_F(GroupPullsTest, LeaveToComposeWhatNeedsNoCredentials) {
  EXPECT_FALSE(pull({"two.test/a", "two.test/b"}, /*anew=*/true));
  EXPECT_TRUE(backend_.pulled.empty());
  EXPECT_EQ(asked(), "two.test\n");
}

TEST_F(GroupPullsTest, AreNotCompleteWhereOneFails) {
  backend_.fails = "one.test/b";
  EXPECT_FALSE(pull({"one.test/a", "one.test/b"}, /*anew=*/true));
  EXPECT_EQ(backend_.pulled.size(), 2U);
}

/// A helper that waits for the user ends with the call.
TEST_F(GroupPullsTest, EndTheHelperWhenTheyAreStopped) {
  write_file("docker-credential-noting",
             "#!/bin/sh\nread registry\necho \"$registry\" >>'" + folder_.path() +
                 "/asked'\nsleep 5\necho '{\"Username\": \"me\", \"Secret\": \"word\"}'\n");
  ::chmod((folder_.path() + "/docker-credential-noting").c_str(), 0755);
  std::stop_source source;
  auto whether = std::async(std::launch::async, [&] {
    return pull({"one.test/a", "one.test/b"}, /*anew=*/true, source.get_token());
  });
  while (asked().empty() &&
         whether.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready)
    continue;
  source.request_stop();
  EXPECT_FALSE(whether.get());
  EXPECT_TRUE(backend_.pulled.empty());
  EXPECT_EQ(asked(), "one.test\n");
}

}  // namespace
}  // namespace fairlead
