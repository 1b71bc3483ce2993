#include "engine/enter.hpp"
#include "engine/hooks.hpp"
#include "engine/system_setup.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

TEST(UserToLookUp, IsTheRemoteUserOfTheDropIn) {
  MergedConfig merged;
  merged.remote_user = "dev:staff";
  const auto asked = user_to_look_up(Mode::drop_in, merged, {});
  EXPECT_EQ(asked.user, "dev:staff");
  EXPECT_EQ(asked.folder, "-");
  EXPECT_TRUE(asked.files.empty());
  EXPECT_EQ(user_to_look_up(Mode::fairlead, merged, {}).user, "");
}

InstanceInfo instance_with(std::vector<std::string> env) {
  InstanceInfo instance;
  instance.env = std::move(env);
  return instance;
}

TEST(RemoteAccount, KeepsTheGroupThatTheUserCameWith) {  // USER-006
  InstanceInfo instance;
  const std::pair<const char*, const char*> rows[] = {
      {"", "root"}, {"0", "root"}, {"dev", "dev"}, {"nobody:adm", "nobody:adm"}, {"0:5", "root:5"}};
  for (const auto& [user, account] : rows) {
    instance.user = user;
    EXPECT_EQ(remote_account_of({}, instance), account);
  }
  instance.user = "nobody:adm";
  EXPECT_EQ(remote_user_of({}, instance), "nobody");
}

TEST(MergePath, PutsBackWhatALoginShellDropped) {  // USER-014
  EXPECT_EQ(merge_path("/usr/bin:/bin", "/opt/x:/usr/bin:/opt/y:/bin", true),
            "/opt/x:/usr/bin:/opt/y:/bin");
}

TEST(MergePath, KeepsAdministrationFoldersFromOthers) {
  EXPECT_EQ(merge_path("/bin", "/usr/sbin:/bin:/usr/local/sbin", false), "/bin");
  EXPECT_EQ(merge_path("/bin", "/usr/sbin:/bin", true), "/usr/sbin:/bin");
}

TEST(ProcessEnvironment, LaterSourcesWin) {  // USER-012
  Inside inside{.user = "dev", .probed = {{"A", "probe"}, {"B", "probe"}, {"C", "probe"}}};
  const auto env =
      process_environment(inside, instance_with({}), {"B=option", "C=option"}, {{"C", "config"}});
  EXPECT_EQ(env.set.at("A"), "probe");
  EXPECT_EQ(env.set.at("B"), "option");
  EXPECT_EQ(env.set.at("C"), "config");
}

TEST(ProcessEnvironment, NullUnsetsTheVariable) {  // CFG-047, edge case 40
  Inside inside{.user = "dev", .probed = {{"GONE", "x"}}};
  const auto env = process_environment(inside, instance_with({"KEEP=1", "GONE=1"}), {},
                                       {{"GONE", std::nullopt}, {"NEVER", std::nullopt}});
  EXPECT_FALSE(env.set.contains("GONE"));
  EXPECT_EQ(env.unset, std::vector<std::string>{"GONE"});
  inside.probed["FROM_THE_ENGINE"] = "1";
  EXPECT_EQ(
      process_environment(inside, instance_with({}), {}, {{"FROM_THE_ENGINE", std::nullopt}}).unset,
      std::vector<std::string>{"FROM_THE_ENGINE"});
  EXPECT_EQ(with_unset(env, {"true"}), (std::vector<std::string>{"env", "-u", "GONE", "true"}));
}

TEST(ProcessEnvironment, WithoutNullsTheCommandIsUntouched) {
  EXPECT_EQ(with_unset({}, {"a", "b"}), (std::vector<std::string>{"a", "b"}));
}

TEST(RemoteUser, FallsBackToTheContainersAndRoot) {  // USER-003, USER-006
  MergedConfig merged;
  InstanceInfo instance;
  EXPECT_EQ(remote_user_of(merged, instance), "root");
  instance.user = "dev:staff";
  EXPECT_EQ(remote_user_of(merged, instance), "dev");
  merged.remote_user = "0";
  EXPECT_EQ(remote_user_of(merged, instance), "root");
}

MergedConfig with_all_hooks() {
  MergedConfig merged;
  for (const auto hook : {Hook::on_create, Hook::update_content, Hook::post_create,
                          Hook::post_start, Hook::post_attach}) {
    merged.hooks[hook] = {
        {.origin = "devcontainer.json", .command = {.commands = {{.name = {}, .line = "true"}}}}};
  }
  return merged;
}

TEST(WantedHooks, AreAllInOrder) {  // LIFE-001
  EXPECT_EQ(wanted_work(with_all_hooks(), {}).hooks,
            (std::vector<Hook>{Hook::on_create, Hook::update_content, Hook::post_create,
                               Hook::post_start, Hook::post_attach}));
}

TEST(WantedHooks, StopWhereAsked) {  // LIFE-017, LIFE-018, LIFE-019
  const auto merged = with_all_hooks();
  EXPECT_TRUE(wanted_work(merged, {.skip_all = true}).hooks.empty());
  EXPECT_EQ(wanted_work(merged, {.prebuild = true}).hooks.back(), Hook::update_content);
  EXPECT_EQ(wanted_work(merged, {.skip_non_blocking = true}).hooks.back(), Hook::update_content);
  EXPECT_EQ(wanted_work(merged, {.skip_post_attach = true}).hooks.back(), Hook::post_start);
  auto waits = with_all_hooks();
  waits.wait_for = WaitFor::post_create;
  EXPECT_EQ(wanted_work(waits, {.skip_non_blocking = true}).hooks.back(), Hook::post_create);
  waits.wait_for = WaitFor::initialize;
  EXPECT_TRUE(wanted_work(waits, {.skip_non_blocking = true}).hooks.empty());
}

}  // namespace
}  // namespace fairlead
