#include "unit/ports/sockets.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <server/browser.hpp>
#include <server/forwards_file.hpp>
#include <server/methods.hpp>
#include <server/wire.hpp>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

namespace fairlead::server {
namespace {

TEST(WireTest, KeepsWhatItCarries) {
  const Caller caller{.options = {.environment = {{"A", "b"}},
                                  .working_directory = "/w",
                                  .plugin_path = {"/p"},
                                  .assignments = {"a=b"},
                                  .backend = "x"},
                      .selection = {.workspace_folder = "/ws", .id_labels = {"k=v"}}};
  const auto back = caller_from(to_json(caller));
  EXPECT_EQ(back.options.environment, caller.options.environment);
  EXPECT_EQ(back.options.backend, caller.options.backend);
  EXPECT_FALSE(back.options.host);
  EXPECT_EQ(back.selection.id_labels, caller.selection.id_labels);

  const ForwardWish wish{.target = {.host = "db", .port = 5432},
                         .local_port = 0,
                         .addresses = {"127.0.0.2"},
                         .reverse = true,
                         .origin = ForwardOrigin::configuration};
  const auto again = wish_from(to_json(wish));
  EXPECT_EQ(again.target, wish.target);
  EXPECT_EQ(again.local_port, wish.local_port);
  EXPECT_EQ(again.addresses, wish.addresses);
  EXPECT_EQ(again.origin, wish.origin);
  EXPECT_TRUE(again.reverse);

  const auto error = error_from(
      to_json(Error(Status::conflict, "ports.taken", "Port 1 is taken.", "Take another.")));
  EXPECT_EQ(error.status(), Status::conflict);
  EXPECT_EQ(error.code(), "ports.taken");
  EXPECT_EQ(error.hint(), "Take another.");
}

TEST(WireTest, RefusesMembersOfTheWrongType) {
  for (const char* text : {R"({"environment": 1})", R"({"pluginPath": {}})", R"({"selection": 1})",
                           R"({"selection": {"workspaceFolder": 1}})", "[]"}) {
    EXPECT_THROW(caller_from(Json::parse(text)), Error) << text;
  }
  EXPECT_THROW(parse("nonsense"), Error);
  EXPECT_THROW(parse("[]"), Error);
}

TEST(ForwardsFileTest, KeepsForwardsAndNoSecrets) {
  const ports::test::Folder folder;
  const auto path = folder.below("state/forwards.json");
  const Caller caller{.options = {.environment = {{"PATH", "/bin"}, {"AWS_SECRET", "hush"}}},
                      .selection = {.workspace_folder = "/ws"}};
  write_forwards(path, {{.caller = caller, .detect = true, .wishes = {parse_forward("8080:81")}}});
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const auto all = read_forwards(path);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].caller.options.environment, (Environment{{"PATH", "/bin"}}));
  EXPECT_EQ(all[0].caller.selection.workspace_folder, "/ws");
  EXPECT_TRUE(all[0].detect);
  ASSERT_EQ(all[0].wishes.size(), 1U);
  EXPECT_EQ(all[0].wishes[0].local_port, 81);
  write_forwards(path, {});
  EXPECT_NE(::stat(path.c_str(), &info), 0);
}

TEST(ForwardsFileTest, TakesADamagedFileAsNone) {
  const ports::test::Folder folder;
  const auto path = folder.below("forwards.json");
  for (const char* text : {"", "{", "[]", R"({"environments": 1})", R"({"environments": [1]})"}) {
    std::ofstream(path) << text;
    EXPECT_TRUE(read_forwards(path).empty()) << text;
  }
}

TEST(BrowserTest, IsTheUsersOwn) {  // PORT-011
  const std::string url = "http://localhost:1/";
  using Words = std::vector<std::string>;
  EXPECT_EQ(browser_command({{"BROWSER", "firefox --new"}}, url), (Words{"firefox", "--new", url}));
  EXPECT_EQ(browser_command({{"BROWSER", "open -u %s now:other"}}, url),
            (Words{"open", "-u", url, "now"}));
  EXPECT_EQ(browser_command({{"DISPLAY", ":0"}}, url), (Words{"xdg-open", url}));
  EXPECT_FALSE(browser_command({}, url));
}

TEST(BrowserTest, OpensWhenTheAttributesSaySo) {  // PORT-011, PORT-014
  const auto wanted = [](const char* action, bool first) {
    return wants_browser({.action = action, .first = first});
  };
  EXPECT_TRUE(wanted("openBrowser", false));
  EXPECT_TRUE(wanted("openPreview", false));
  EXPECT_TRUE(wanted("openBrowserOnce", true));
  EXPECT_FALSE(wanted("openBrowserOnce", false));
  for (const char* other : {"notify", "silent", "ignore", ""}) EXPECT_FALSE(wanted(other, true));
  EXPECT_EQ(url_of({.port = 81}), "http://localhost:81/");
  EXPECT_EQ(url_of({.port = 81, .protocol = "https"}), "https://localhost:81/");
}

TEST(VersionTest, ComparesNumbers) {
  EXPECT_TRUE(is_newer("0.10.0", "0.9.9"));
  EXPECT_FALSE(is_newer("0.9.9", "0.10.0"));
  EXPECT_FALSE(is_newer("0.1.0", "0.1.0"));
  EXPECT_TRUE(is_newer("1.0", "0.9"));
}

}  // namespace
}  // namespace fairlead::server
