#include "engine/dotfiles.hpp"
#include "engine/hooks.hpp"
#include "engine/system_setup.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

MergedConfig all_hooks() {
  MergedConfig merged;
  const LifecycleCommand command{.commands = {{.name = {}, .line = std::string("true")}}};
  for (const auto hook : {Hook::on_create, Hook::update_content, Hook::post_create,
                          Hook::post_start, Hook::post_attach}) {
    merged.hooks[hook] = {{.origin = "devcontainer.json", .command = command}};
  }
  return merged;
}

LifecycleOptions with_dotfiles() {
  return {.dotfiles = {.repository = "me/dots", .install_command = {}}};
}

TEST(Lifecycle, IsWaitedForUpToWaitFor) {  // LIFE-017
  auto merged = all_hooks();
  const auto work = wanted_work(merged, with_dotfiles());
  EXPECT_EQ(up_to_wait_for(merged, work).hooks.back(), Hook::update_content);
  EXPECT_FALSE(up_to_wait_for(merged, work).dotfiles);
  EXPECT_EQ(after_wait_for(merged, work).hooks.front(), Hook::post_create);
  EXPECT_TRUE(after_wait_for(merged, work).dotfiles);
  merged.wait_for = WaitFor::post_start;
  EXPECT_TRUE(up_to_wait_for(merged, work).dotfiles);
  EXPECT_EQ(after_wait_for(merged, work).hooks, std::vector{Hook::post_attach});
}

TEST(Lifecycle, InstallsDotfilesBehindPostCreate) {  // LIFE-020
  const auto merged = all_hooks();
  EXPECT_TRUE(wanted_work({}, with_dotfiles()).dotfiles);
  auto options = with_dotfiles();
  options.stop_for_personalization = true;
  EXPECT_TRUE(wanted_work(merged, options).dotfiles);
  options.prebuild = true;
  EXPECT_FALSE(wanted_work(merged, options).dotfiles);
  options = with_dotfiles();
  options.skip_non_blocking = true;
  EXPECT_FALSE(wanted_work(merged, options).dotfiles);
  options.skip_all = true;
  EXPECT_TRUE(wanted_work(merged, options).empty());
}

TEST(Lifecycle, UpdatesAgainForAnotherCommit) {  // LIFE-004
  Session session;
  session.instance.created = "today";
  session.inside.markers = {{Hook::on_create, "today"}, {Hook::update_content, "today"}};
  const auto update = [&](const std::string& before, const std::string& now) {
    session.inside.content = before;
    session.content = now;
    return due_work(session, {.hooks = {Hook::on_create, Hook::update_content}}, {}).hooks;
  };
  EXPECT_EQ(update("aaa", "bbb"), std::vector{Hook::update_content});
  EXPECT_TRUE(update("aaa", "aaa").empty());
  EXPECT_TRUE(update("", "bbb").empty()) << "nothing is known of the last time";
  EXPECT_TRUE(update("aaa", "").empty()) << "no git work tree any more";
}

TEST(Lifecycle, PassesHooksWithoutACommandAsTheReferenceDoes) {  // LIFE-007
  MergedConfig merged;
  EXPECT_TRUE(wanted_work(merged, {}).empty());
  merged.mode = Mode::drop_in;
  EXPECT_EQ(wanted_work(merged, {}).hooks, (std::vector{Hook::on_create, Hook::update_content,
                                                        Hook::post_create, Hook::post_start}));
  EXPECT_TRUE(wanted_work(merged, {.skip_all = true}).empty());
}

TEST(Lifecycle, DoesAgainWhatHasNoMarkerOfThisOccasion) {  // LIFE-003..005, 007
  Session session;
  session.instance.created = "today";
  session.instance.started = "now";
  session.inside.markers = {{Hook::on_create, "today"},
                            {Hook::update_content, "today"},
                            {Hook::post_create, "yesterday"},
                            {Hook::post_start, ""}};
  session.inside.dotfiles_installed = true;
  const auto work = wanted_work(all_hooks(), with_dotfiles());
  const auto due = due_work(session, work, {});
  EXPECT_EQ(due.hooks, (std::vector{Hook::post_create, Hook::post_attach}));
  EXPECT_FALSE(due.dotfiles);
  EXPECT_EQ(due_work(session, work, {.prebuild = true}).hooks.front(), Hook::update_content);
}

TEST(Lifecycle, SaysWhereItStopped) {  // LIFE-018, 019
  MergedConfig merged;
  EXPECT_EQ(result_of(merged, {}), HooksResult::done);
  EXPECT_EQ(result_of(merged, {.prebuild = true}), HooksResult::prebuild);
  EXPECT_EQ(result_of(merged, {.skip_non_blocking = true, .prebuild = true}),
            HooksResult::skip_non_blocking);
  merged.wait_for = WaitFor::post_start;
  EXPECT_EQ(result_of(merged, {.skip_non_blocking = true, .stop_for_personalization = true}),
            HooksResult::stop_for_personalization);
}

TEST(Dotfiles, ComeFromGitHubUnlessTheirPlaceIsNamed) {  // LIFE-021
  EXPECT_EQ(dotfiles_repository("me/dots"), "https://github.com/me/dots.git");
  EXPECT_EQ(dotfiles_repository("git@host:x"), "git@host:x");
  EXPECT_EQ(dotfiles_repository("https://h/x"), "https://h/x");
  EXPECT_EQ(dotfiles_repository("../x"), "../x");
  EXPECT_EQ(dotfiles_repository("/x"), "/x");
}

TEST(EtcEnvironment, GetsTheContainersVariables) {
  EXPECT_EQ(etc_environment_text({"PATH=/bin:/usr/bin", "A=b=c"}),
            "\nPATH=\"/bin:/usr/bin\"\nA=\"b=c\"\n");
}

}  // namespace
}  // namespace fairlead
