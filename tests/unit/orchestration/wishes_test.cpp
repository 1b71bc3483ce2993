#include "engine/wishes.hpp"

#include "engine/trust.hpp"
#include "spec/mount.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace fairlead {
namespace {

using Words = std::vector<std::string>;

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = std::filesystem::temp_directory_path() / "fairlead-wishes-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

WorkspacePaths paths_at(const std::string& folder) {
  return {.local_folder = folder,
          .mount_root = folder,
          .container_folder = "/workspaces/p",
          .mount = "type=bind,source=" + folder + ",target=/workspaces/p",
          .additional_mount = {}};
}

Workspace workspace_at(const std::string& folder) {
  Workspace workspace{.document = ConfigDocument{},
                      .config = {},
                      .identity = {},
                      .settings = Settings({{.spec = {.key = "trust", .type = SettingType::string},
                                             .value = std::string("ask"),
                                             .origin = {}}},
                                           {})};
  workspace.document->workspace = paths_at(folder);
  return workspace;
}

ConfiguredMount mount(const std::string& text) {
  return {.text = text, .mount = parse_mount(text)};
}

TEST(Wishes, AnOrdinaryConfigurationHasNone) {
  auto workspace = workspace_at("/w/p");
  workspace.config.mounts = {mount("type=bind,source=/w/p/cache,target=/cache"),
                             mount("type=volume,source=data,target=/data"),
                             mount("type=tmpfs,target=/t")};
  workspace.config.cap_add = {"SYS_PTRACE"};
  workspace.config.run_args = {"--name",
                               "x",
                               "--hostname=h",
                               "-e",
                               "A=b",
                               "--init",
                               "--network",
                               "mine",
                               "--memory",
                               "1g",
                               "-v",
                               "data:/d",
                               "-v",
                               "/w/p/a:/a",
                               "--cap-add=SYS_PTRACE",
                               "-p80:80",
                               "--security-opt",
                               "seccomp=unconfined"};
  EXPECT_EQ(configuration_wishes(workspace), Words{});
}

TEST(Wishes, NameWhatWouldBeDone) {
  auto workspace = workspace_at("/w/p");
  workspace.config.initialize_command.commands = {{"", std::string("npm ci")},
                                                  {"two", Words{"make", "all"}}};
  workspace.config.privileged = true;
  workspace.config.cap_add = {"cap_sys_admin"};
  workspace.config.mounts = {mount("type=bind,source=/w/p/../../etc,target=/x"),
                             mount("type=bind,source=/var/run/engine.sock,target=/s"),
                             mount("type=volume,source=v,target=/v,volume-opt=o=bind")};
  const auto wishes = configuration_wishes(workspace);
  ASSERT_EQ(wishes.size(), 7U);
  EXPECT_EQ(wishes[0], "run on this machine: npm ci");
  EXPECT_EQ(wishes[1], "run on this machine: make all");
  EXPECT_NE(wishes[2].find("privileged"), std::string::npos);
  EXPECT_EQ(wishes[3], "have the capability SYS_ADMIN");
  EXPECT_NE(wishes[4].find("/w/p/../../etc, which is outside"), std::string::npos);
  EXPECT_NE(wishes[5].find("the socket /var/run/engine.sock"), std::string::npos);
  EXPECT_NE(wishes[6].find("driver options"), std::string::npos);
}

TEST(Wishes, RunArgumentsThatAreNotOnTheList) {
  const auto wishes = [](Words words) { return run_arg_wishes(words, paths_at("/w/p")); };
  EXPECT_EQ(wishes({"--pid=host"}), Words{"use the run argument --pid=host"});
  EXPECT_EQ(wishes({"--pid", "host"}), Words{"use the run argument --pid host"});
  EXPECT_EQ(wishes({"--network", "host"}), Words{"use the run argument --network host"});
  EXPECT_EQ(wishes({"--device=/dev/kvm"}).size(), 1U);
  EXPECT_EQ(wishes({"--env-file", "/etc/passwd"}).size(), 1U);
  EXPECT_EQ(wishes({"-v/etc:/x"}), Words{"mount /etc, which is outside the workspace"});
  EXPECT_EQ(wishes({"-v", "../x:/x"}).size(), 1U);
  EXPECT_EQ(wishes({"-itv", "/etc:/x"}).size(), 1U);
  EXPECT_EQ(wishes({"--mount=type=bind,src=/etc,dst=/x"}).size(), 1U);
  EXPECT_EQ(wishes({"--mount", "nonsense"}).size(), 1U);
  EXPECT_EQ(wishes({"--cap-add", "ALL"}), Words{"have the capability ALL"});
  EXPECT_EQ(wishes({"--privileged"}).size(), 1U);
  EXPECT_EQ(wishes({"--privileged=false"}), Words{});
  EXPECT_EQ(wishes({"--security-opt", "apparmor=unconfined"}).size(), 1U);
}

TEST(Wishes, FollowLinks) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder.path() / "p");
  std::filesystem::create_symlink("/etc", folder.path() / "p/link");
  const auto paths = paths_at((folder.path() / "p").string());
  EXPECT_EQ(run_arg_wishes({"-v", (folder.path() / "p/link").string() + ":/x"}, paths).size(), 1U);
  EXPECT_EQ(run_arg_wishes({"-v", (folder.path() / "p/new").string() + ":/x"}, paths), Words{});
}

class Silent final : public EventSink {
 public:
  void on_event(const LogEvent& /*event*/) override {}
};

class Trust : public ::testing::Test {
 protected:
  /// The core of a user who answers `answer`; counts the questions.
  CoreOptions options(bool answer) {
    return {.environment = {{"HOME", home_.path().string()}},
            .working_directory = "/",
            .ask_trust = [this, answer](const TrustQuestion& question, const std::stop_token&) {
              asked_.push_back(question.wishes);
              return answer;
            }};
  }
  std::string code_of(CoreOptions options, const Words& wishes) {
    Core core(std::move(options), sink_);
    try {
      require_trust(core, workspace_at("/w/p"), wishes, {});
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }

  ScratchFolder home_;
  Silent sink_;
  std::vector<Words> asked_;
};

TEST_F(Trust, RemembersTheAnswerAndAsksForWhatIsNew) {
  EXPECT_EQ(code_of(options(true), {"a", "b"}), "");
  EXPECT_EQ(code_of(options(false), {"b", "a"}), "");
  EXPECT_EQ(asked_.size(), 1U);
  EXPECT_EQ(code_of(options(false), {"a", "c"}), "trust.refused");
  EXPECT_EQ(asked_.back(), Words{"c"});
  EXPECT_EQ(code_of(options(true), {"c"}), "") << "a no is not remembered";
}

TEST_F(Trust, ShowsNothingThatHidesItself) {
  EXPECT_EQ(code_of(options(true), {"run \x1b[2Kx\ny",
                                    "a\xe2\x80\xae"
                                    "b"}),
            "");
  EXPECT_EQ(asked_.back(), (Words{"run ?[2Kx\\ny", "a?b"}));
  EXPECT_EQ(code_of(options(false), {"run ?[2Kx\\ny"}), "trust.refused") << "is another command";
}

TEST_F(Trust, WithoutAnybodyToAskIsAnError) {
  auto nobody = options(true);
  nobody.ask_trust = {};
  EXPECT_EQ(code_of(nobody, {"a"}), "trust.needed");
  EXPECT_EQ(code_of(nobody, {}), "");
  nobody.trust = true;
  EXPECT_EQ(code_of(nobody, {"a"}), "");
  nobody.trust = false;
  nobody.mode = Mode::drop_in;
  EXPECT_EQ(code_of(nobody, {"a"}), "");
}

}  // namespace
}  // namespace fairlead
