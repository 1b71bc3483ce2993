#include "engine/user_ids.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fairlead {
namespace {

ImageResult image_of(const std::string& user) {
  ImageResult image{.image = "debian:12"};
  image.info = ImageInfo{.user = user};
  return image;
}

std::optional<IdUpdate> plan(MergedConfig merged, const std::string& image_user = {},
                             const std::vector<std::string>& run_args = {},
                             UpdateRemoteUserId standard = UpdateRemoteUserId::on) {
  return planned_id_update(merged, run_args, image_of(image_user), "vsc-x-1", standard);
}

MergedConfig with_user(const std::string& user) {
  MergedConfig merged;
  merged.remote_user = user;
  return merged;
}

TEST(UserIds, ChangeForANamedUserThatIsNotRoot) {  // USER-007, BLD-008
  const auto update = plan(with_user("dev"));
  ASSERT_TRUE(update);
  EXPECT_EQ(update->remote_user, "dev");
  EXPECT_EQ(update->image_user, "root");
  EXPECT_EQ(update->image_name, "vsc-x-1-uid");
  EXPECT_FALSE(plan(with_user("root")));
  EXPECT_FALSE(plan(with_user("1234")));
  EXPECT_FALSE(plan({}));
}

TEST(UserIds, BelongToTheUserThatCommandsRunAs) {  // USER-004
  EXPECT_EQ(plan({}, "img")->remote_user, "img");
  EXPECT_EQ(plan({}, "img")->image_user, "img");
  EXPECT_EQ(plan({}, "img", {"--rm", "-u", "a", "--user=b"})->remote_user, "b");
  EXPECT_EQ(user_of_run_args({"-u"}), "");
  MergedConfig merged;
  merged.container_user = "c";
  EXPECT_EQ(plan(merged, "img")->remote_user, "c");
  EXPECT_EQ(plan(with_user("dev:staff"))->remote_user, "dev");
}

TEST(UserIds, StayWhenNobodyWantsThemChanged) {  // USER-009
  auto merged = with_user("dev");
  EXPECT_FALSE(plan(merged, {}, {}, UpdateRemoteUserId::off));
  merged.update_remote_user_uid = true;
  EXPECT_TRUE(plan(merged, {}, {}, UpdateRemoteUserId::off));
  EXPECT_FALSE(plan(merged, {}, {}, UpdateRemoteUserId::never));
  merged.update_remote_user_uid = false;
  EXPECT_FALSE(plan(merged));
}

/// The script of the Dockerfile, on files of our own.
class IdScript : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("fairlead-ids-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_ / "bin");
    write("bin/chown", "#!/bin/sh\necho \"$@\" >> \"" + folder_.string() + "/chowned\"\n");
    std::filesystem::permissions(folder_ / "bin/chown", std::filesystem::perms::all);
    write("passwd",
          "root:x:0:0::/root:/bin/sh\nxdev:x:7:7::/:/bin/sh\n"
          "dev:x:1234:1234:A B,,:" +
              folder_.string() +
              ":/bin/bash\n"
              "other:x:1000:1000::/home/other:/bin/sh");
    write("group", "root:x:0:\ntty:x:60:\ndev:x:1234:\nother:x:1000:dev\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  void change_to(int uid, int gid) const {
    const auto file = id_update_dockerfile();
    const auto start = file.find("RUN ") + 4;
    auto script = nlohmann::json::parse(file.substr(start, file.find('\n', start) - start))
                      .at(2)
                      .get<std::string>();
    for (std::size_t at = 0; (at = script.find("/etc/", at)) != std::string::npos;) {
      // Messages name the files too; only what is opened counts.
      script.replace(at, 5, folder_.string() + "/");
    }
    write("script", script);
    const auto command = "PATH=\"" + folder_.string() +
                         "/bin:$PATH\" REMOTE_USER=dev NEW_UID=" + std::to_string(uid) +
                         " NEW_GID=" + std::to_string(gid) + " /bin/sh " +
                         (folder_ / "script").string() + " >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
  }
  std::string dev(const std::string& ids) const {
    return "dev:x:" + ids + ":A B,,:" + folder_.string() + ":/bin/bash\n";
  }

  std::filesystem::path folder_;
};

TEST_F(IdScript, ChangesUserGroupAndHome) {  // edge case 61
  change_to(5, 61);
  EXPECT_NE(read("passwd").find(dev("5:61")), std::string::npos) << read("passwd");
  EXPECT_NE(read("passwd").find("xdev:x:7:7::/:/bin/sh\n"), std::string::npos);
  EXPECT_TRUE(read("passwd").ends_with("other:x:1000:1000::/home/other:/bin/sh\n"));
  EXPECT_EQ(read("group"), "root:x:0:\ntty:x:60:\ndev:x:61:\nother:x:1000:dev\n");
  EXPECT_EQ(read("chowned"), "-R 5:61 " + folder_.string() + "\n");
}

TEST_F(IdScript, LeavesAllWhenTheUidBelongsToAnother) {  // USER-008
  const auto before = read("passwd");
  change_to(1000, 5);
  EXPECT_EQ(read("passwd"), before);
  EXPECT_EQ(read("chowned"), "");
}

TEST_F(IdScript, KeepsTheGidThatBelongsToAnotherGroup) {  // USER-008
  change_to(5, 60);
  EXPECT_NE(read("passwd").find(dev("5:1234")), std::string::npos) << read("passwd");
  EXPECT_NE(read("group").find("dev:x:1234:\n"), std::string::npos);
  EXPECT_EQ(read("chowned"), "-R 5:1234 " + folder_.string() + "\n");
}

TEST_F(IdScript, LeavesIdsThatAreRight) {
  const auto before = read("passwd");
  change_to(1234, 1234);
  EXPECT_EQ(read("passwd"), before);
}

}  // namespace
}  // namespace fairlead
