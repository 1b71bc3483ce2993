// The relay in environments that we make: a read-only mount of the user's own folder. PORT-001.

#include "fixture.hpp"
#include "support/wait.hpp"

#include <filesystem>

namespace fairlead::test {
namespace {

class RelayMount : public DockerTest {
 protected:
  RunResult by_relay(const Workspace& project, const std::string& words) {
    return run(fairlead({"exec", "--workspace-folder", project.folder.string(), "--via", "relay",
                         "--", "sh", "-c", words}));
  }
  std::filesystem::path folder_here() {
    std::filesystem::path found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(test_run().folder()))
      if (entry.is_directory() && entry.path().parent_path().filename() == "fairlead" &&
          entry.path().filename() == "relay")
        found = entry.path();
    return found;
  }
};

TEST_F(RelayMount, IsEnoughForAReadOnlyRoot) {
  const Workspace project = workspace(R"("runArgs": ["--read-only"])");
  const auto id = must_own_up(project);
  const auto inside = by_relay(project, "touch /new 2>/dev/null || echo read-only; ls /.fairlead");
  EXPECT_EQ(inside.exit_code, 0) << inside.text();
  EXPECT_TRUE(inside.out.starts_with("read-only\nrelay-")) << inside.text();
  const auto mount = engine().inspect(id);
  EXPECT_NE(mount.find("\"Destination\":\"/.fairlead\""), std::string::npos) << mount;
  const auto changes = engine().request("GET", "/containers/" + id + "/changes");
  EXPECT_EQ(changes.find("/relay-"), std::string::npos) << changes;
}

TEST_F(RelayMount, IsRenewedWhereItWasDamaged) {
  const Workspace project = workspace(R"("runArgs": ["--read-only"])");
  must_own_up(project);
  const auto folder = folder_here();
  ASSERT_FALSE(folder.empty());
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".keep") write_file(entry.path(), "damaged");
  }
  EXPECT_EQ(by_relay(project, "echo works").out, "works\n");
  std::filesystem::remove_all(folder);  // the container has the folder that is gone
  std::filesystem::create_directories(folder);
  const auto engine =
      run(fairlead({"exec", "--workspace-folder", project.folder.string(), "--", "echo", "works"}));
  EXPECT_EQ(engine.out, "works\n") << engine.text();
}

TEST_F(RelayMount, IsMadeAgainWhereItWasRemoved) {
  const Workspace project = workspace(R"("runArgs": ["--read-only"])");
  const auto id = must_own_up(project);
  run(fairlead({"stop", "--workspace-folder", project.folder.string()}));
  std::filesystem::remove_all(folder_here());
  EXPECT_EQ(must_own_up(project), id);
  EXPECT_EQ(by_relay(project, "echo works").out, "works\n");
}

TEST_F(RelayMount, IsNotInContainersThatLookAsTheReferences) {
  const Workspace project = workspace();
  const auto id = must_up(project);  // as devcontainer
  EXPECT_EQ(engine().inspect(id).find("/.fairlead"), std::string::npos);
  EXPECT_EQ(by_relay(project, "echo works").out, "works\n");  // by copy
}

}  // namespace
}  // namespace fairlead::test
