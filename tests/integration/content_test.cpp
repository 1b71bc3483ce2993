// How a workspace gets into its container: a clone of a Git repository, a copy, a copy of what is
// committed.

#include "fixture.hpp"
#include "support/web_server.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

/// Git on this machine, as nobody in particular.
class Repository {
 public:
  explicit Repository(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    git({"init", "--quiet", "--initial-branch=main"});
  }
  const fs::path& folder() const { return folder_; }
  std::string url() const { return "file://" + folder_.string(); }

  std::string git(const std::vector<std::string>& words) const {
    RunRequest request{.argv = {"/usr/bin/git", "-c", "user.name=x", "-c", "user.email=x@x", "-c",
                                "protocol.file.allow=always"},
                       .environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/nonexistent"}},
                       .directory = folder_.string()};
    request.argv.insert(request.argv.end(), words.begin(), words.end());
    const RunResult result = run(std::move(request));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return result.out.substr(0, result.out.find('\n'));
  }
  /// Returns the commit.
  std::string commit(const std::string& file, const std::string& content) const {
    write_file(folder_ / file, content);
    git({"add", "--all"});
    git({"commit", "--quiet", "-m", "x"});
    return git({"rev-parse", "HEAD"});
  }

 private:
  fs::path folder_;
};

class Content : public DockerTest {
 protected:
  /// A repository with a configuration, named after the test.
  Repository repository(const std::string& members = {}) {
    Repository made(test_run().below("work") / ("project-" + test_run().id()));
    made.commit(
        ".devcontainer/devcontainer.json",
        "{\"image\": \"" + base_image + "\"" + (members.empty() ? "" : ", " + members) + "}");
    made.commit("content", "main\n");
    return made;
  }
  RunResult own(const std::vector<std::string>& words) { return run(fairlead(words)); }
  std::string inside(const std::string& url, const std::string& script) {
    const RunResult result = own({"exec", "--workspace-folder", url, "sh", "-c", script});
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return result.out;
  }
  std::string must(const std::vector<std::string>& words) {
    const RunResult result = own(words);
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return result.out;
  }
};

TEST_F(Content, AGitUrlIsAWorkspace) {
  const Repository origin = repository();
  const std::string url = origin.url();
  const auto id = json_at(must({"up", url, "--json"}), "/containerId");
  EXPECT_EQ(json_at(must({"up", url, "--json"}), "/containerId"), id);
  EXPECT_EQ(inside(url, "cat content"), "main\n");
  EXPECT_EQ(inside(url, "pwd"), "/workspaces/" + origin.folder().filename().string() + "\n");
  EXPECT_EQ(json_at(must({"list", "--json"}), "/environments/0/source"), url);
  EXPECT_EQ(json_at(must({"status", url, "--json"}), "/environment/containerId"), id);
  must({"stop", url});
  must({"down", url});
  EXPECT_TRUE(instances().empty());
  // What somebody made in the clone stays, and is there again.
  must({"up", url});
  EXPECT_EQ(own({"up", url, "--workspace-folder", "."}).exit_code, 1);
}

/// Names that stand beside a clone, too.
TEST_F(Content, ARepositoryMayHaveAnyName) {
  for (const char* name : {"source", ".partial"}) {
    Repository origin(test_run().below("work") / name);
    origin.commit(".devcontainer/devcontainer.json", "{\"image\": \"" + base_image + "\"}");
    must({"up", origin.url()});
    EXPECT_EQ(json_at(must({"status", origin.url(), "--json"}), "/environment/source"),
              origin.url());
    must({"down", origin.url()});
  }
}

TEST_F(Content, ABranchATagOrACommit) {
  const Repository origin = repository();
  const std::string first = origin.git({"rev-parse", "HEAD"});
  origin.git({"tag", "v1"});
  origin.git({"switch", "--quiet", "-c", "feature/one"});
  origin.commit("content", "feature\n");
  origin.git({"switch", "--quiet", "main"});
  origin.commit("content", "newer\n");
  const auto read = [&](const std::string& ref) {
    const RunResult result =
        own({"read-configuration", "--workspace-folder", origin.url() + '@' + ref});
    EXPECT_NE(result.err.find("not been cloned"), std::string::npos) << result.text();
    must({"up", origin.url() + '@' + ref});
    const auto text = inside(origin.url() + '@' + ref, "cat content");
    must({"down", origin.url() + '@' + ref});
    return text;
  };
  EXPECT_EQ(read("feature/one"), "feature\n");
  EXPECT_EQ(read("v1"), "main\n");
  EXPECT_EQ(read(first.substr(0, 10)), "main\n");
  const RunResult wrong = own({"up", origin.url() + "@nowhere", "--json"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(json_at(wrong.out, "/code"), "git.ref") << wrong.text();
  EXPECT_EQ(json_at(own({"up", "file:///no/such/repository", "--json"}).out, "/code"), "git.clone");
}

TEST_F(Content, SubmodulesComeAlong) {
  Repository part(test_run().below("work") / "part");
  part.commit("piece", "of the part\n");
  const Repository origin = repository();
  origin.git({"submodule", "--quiet", "add", part.url(), "sub"});
  origin.commit("x", "x");
  test_run().set("GIT_CONFIG_COUNT", "1");  // git takes no submodule from a folder by itself
  test_run().set("GIT_CONFIG_KEY_0", "protocol.file.allow");
  test_run().set("GIT_CONFIG_VALUE_0", "always");
  must({"up", origin.url(), "--content", "volume"});
  EXPECT_EQ(inside(origin.url(), "cat sub/piece"), "of the part\n");
  must({"down", origin.url(), "--volumes"});
}

/// The simplest of git's protocols: files.
class GitServer {
 public:
  explicit GitServer(fs::path root)
      : root_(std::move(root)), server_([this](const WebRequest& request, WebConnection& answer) {
          serve(request, answer);
        }) {}
  const WebServer& web() const { return server_; }

 private:
  void serve(const WebRequest& request, WebConnection& answer) const {
    const auto said = request.headers.find("authorization");
    // me:s3cr3t-word
    if (said == request.headers.end() || said->second != "Basic bWU6czNjcjN0LXdvcmQ=") {
      return answer.reply(401, "", "WWW-Authenticate: Basic realm=\"git\"\r\n");
    }
    const auto path = request.target.substr(0, request.target.find('?'));
    std::ifstream file(root_ / path.substr(1), std::ios::binary);
    if (!file) return answer.reply(404, "");
    std::ostringstream text;
    text << file.rdbuf();
    answer.reply(200, text.str());
  }

  fs::path root_;
  WebServer server_;
};

TEST_F(Content, CredentialsStayWithGit) {
  const Repository origin = repository();
  const auto bare = test_run().below("work") / "served/project.git";
  origin.git({"clone", "--quiet", "--bare", origin.folder().string(), bare.string()});
  origin.git({"-C", bare.string(), "update-server-info"});
  const GitServer server(bare.parent_path());
  const std::string place = "localhost:" + std::to_string(server.web().port()) + "/project.git";
  const RunResult refused = own({"up", "http://" + place, "--json"});
  EXPECT_EQ(json_at(refused.out, "/code"), "git.clone") << refused.text();
  const std::string url = "http://me:s3cr3t-word@" + place;
  const auto store = test_run().below("work") / "kept";
  test_run().set("GIT_CONFIG_COUNT", "1");
  test_run().set("GIT_CONFIG_KEY_0", "credential.helper");
  test_run().set("GIT_CONFIG_VALUE_0", "store --file " + store.string());
  const RunResult up = own({"up", url, "--verbose", "--json"});
  EXPECT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(up.text().find("s3cr3t-word", up.text().find("out")), std::string::npos) << up.text();
  EXPECT_EQ(inside("http://" + place, "cat content"), "main\n");
  // Neither the user's own helper nor the clone nor the container knows them.
  EXPECT_FALSE(fs::exists(store));
  EXPECT_EQ(inside(url, "cat .git/config; env").find("s3cr3t"), std::string::npos);
  EXPECT_EQ(engine().inspect(json_at(up.out, "/containerId")).find("s3cr3t"), std::string::npos);
  const RunResult listed = own({"list", "--json"});
  EXPECT_EQ(json_at(listed.out, "/environments/0/source"), "http://" + place) << listed.text();
}

TEST_F(Content, MayComeOverSsh) {
  const Repository origin = repository();
  const auto ssh = test_run().below("ssh");
  // What a host does with the command; the rest of ssh is not ours.
  write_file(ssh, "#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c \"$1\"\n");
  fs::permissions(ssh, fs::perms::owner_all);
  test_run().set("GIT_SSH_COMMAND", ssh.string());
  const std::string url = "git@example.invalid:" + origin.folder().string();
  must({"up", url});
  EXPECT_EQ(inside(url, "cat content"), "main\n");
}

TEST_F(Content, MayBeACopyInAVolume) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image +
                    "\nRUN echo 'dev:x:1234:1234::/tmp:/bin/sh' >>/etc/passwd && "
                    "echo 'dev:x:1234:' >>/etc/group\n");
  project.write(".devcontainer/devcontainer.json",
                R"({"build": {"dockerfile": "Dockerfile"}, "remoteUser": "dev",
                    "postCreateCommand": "echo made >> log",
                    "customizations": {"fairlead": {"content": "volume"}}})");
  project.write("file", "before\n");
  must_own_up(project);
  project.write("file", "after\n");
  must_own_up(project);
  const auto seen = inside(project.folder.string(), "cat file log; stat -c %U file");
  EXPECT_EQ(seen, "before\nmade\ndev\n");
  EXPECT_FALSE(fs::exists(project.folder / "log"));
  must({"down", project.folder.string(), "--volumes"});
}

TEST_F(Content, MayBeWhatIsCommitted) {
  const Repository origin = repository();
  write_file(origin.folder() / "content", "not committed\n");
  origin.git({"remote", "add", "origin", "https://me:s3cr3t-word@example.invalid/x.git"});
  const std::string folder = origin.folder().string();
  must({"up", folder, "--content", "clone"});
  EXPECT_EQ(inside(folder, "cat content"), "main\n");
  const auto config = inside(folder, "cat .git/config");
  EXPECT_NE(config.find("https://example.invalid/x.git"), std::string::npos) << config;
  EXPECT_EQ(config.find("s3cr3t-word"), std::string::npos) << config;
  must({"down", folder, "--volumes"});
}

TEST_F(Content, OnlyTheDropInHasNoSuchWord) {
  const RunResult result = run(devcontainer({"up", "https://example.invalid/x.git"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("Unknown argument: https://example.invalid/x.git"), std::string::npos)
      << result.text();
}

/// A backend that neither binds nor keeps volumes has it in its own filesystem.
class ContentElsewhere : public IntegrationTest {
 protected:
  std::string target_name() const override { return "testbed"; }
};

TEST_F(ContentElsewhere, IsAFolderWhereThereAreNoVolumes) {
  test_run().set("FAIRLEAD_PLUGINS__TESTBED__REFUSE", "named_volumes");
  const Workspace project = workspace();
  project.write("file", "content\n");
  must_own_up(project);
  EXPECT_EQ(must_exec(project, "cat file"), "content\n");
  const RunResult bound = run(fairlead({"up", "--json", "--content", "bind", "--workspace-folder",
                                        project.folder.string(), "--remove-existing-container"}));
  EXPECT_EQ(json_at(bound.out, "/code"), "backend.capability") << bound.text();
}

TEST_F(ContentElsewhere, TravelsByTheRelayWhereTheBackendCopiesNothing) {
  test_run().set("FAIRLEAD_PLUGINS__TESTBED__REFUSE", "copy");
  const Workspace project = workspace();
  project.write("file", "content\n");
  project.write("folder/below", "deep\n");
  must_own_up(project);
  EXPECT_EQ(must_exec(project, "cat file folder/below"), "content\ndeep\n");
  const auto copy = [&](const std::string& from, const std::string& to) {
    const RunResult result =
        run(fairlead({"cp", "--workspace-folder", project.folder.string(), from, to}));
    EXPECT_EQ(result.exit_code, 0) << result.text();
  };
  copy((project.folder / "folder").string(), ":/tmp/new");
  EXPECT_EQ(must_exec(project, "cat /tmp/new/below; echo more >/tmp/new/more"), "deep\n");
  copy(":/tmp/new", test_run().below("back").string());
  EXPECT_EQ(read_file(test_run().below("back") / "more"), "more\n");
}

}  // namespace
}  // namespace fairlead::test
