#include "base/atomic_file.hpp"

#include <fairlead/settings.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Items = std::vector<std::string>;

/// The options that two imaginary plugins declare.
std::vector<SettingSpec> options() {
  return {
      {.key = "plugins.podman.userns",
       .type = SettingType::string,
       .default_value = "keep-id",
       .project = true,
       .description = "the user namespace"},
      {.key = "plugins.podman.socket", .type = SettingType::string, .description = "the socket"},
      {.key = "plugins.ssh-remote.retries",
       .type = SettingType::integer,
       .default_value = std::int64_t{3},
       .description = "how often"},
      {.key = "plugins.ssh-remote.compress",
       .type = SettingType::boolean,
       .default_value = false,
       .project = true,
       .description = "compress the stream"}};
}

class SettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/fairlead-settings-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    sources_.defaults = folder_ / "defaults.toml";
    sources_.system = folder_ / "system.toml";
    sources_.user = folder_ / "user.toml";
    sources_.project = folder_ / "project.toml";
  }
  void TearDown() override { fs::remove_all(folder_); }

  Settings settle() const { return settle_settings(read_settings(sources_), options()); }

  Error error() const {
    try {
      settle();
    } catch (const Error& thrown) {
      return thrown;
    }
    return {Status::ok, "none", "no error"};
  }

  static Items codes(const Settings& settings) {
    Items found;
    for (const auto& warning : settings.warnings()) found.push_back(warning.code);
    return found;
  }

  fs::path folder_;
  SettingsSources sources_;
};

TEST_F(SettingsTest, WorkWithoutAnySource) {
  const Settings settings = settle_settings(read_settings({}));
  EXPECT_EQ(settings.text("backend"), "auto");
  EXPECT_EQ(settings.text("host"), "local");
  EXPECT_EQ(settings.text("feature_installer"), "built-in");
  EXPECT_EQ(settings.text("port_forwarder"), "built-in");
  EXPECT_EQ(settings.list("hosts"), Items{});
  EXPECT_EQ(settings.list("plugin_path"), Items{});
  EXPECT_EQ(settings.at("backend").origin.text(), "defaults");
  EXPECT_TRUE(settings.warnings().empty());
}

TEST_F(SettingsTest, LetEachLayerWinOverTheOneBelow) {
  struct Step {
    const char* value;
    SettingsLayer layer;
    std::string origin;
  };
  const auto check = [this](const Step& step) {
    const Settings settings = settle();
    EXPECT_EQ(settings.text("backend"), step.value);
    EXPECT_EQ(settings.at("backend").origin.layer, step.layer);
    EXPECT_EQ(settings.at("backend").origin.text(), step.origin);
    EXPECT_TRUE(settings.warnings().empty());
  };
  write_file(sources_.defaults, "backend = 'd'");
  check({"d", SettingsLayer::defaults, "defaults: " + sources_.defaults.string() + ":1:1"});
  write_file(sources_.system, "\nbackend = 's'");
  check({"s", SettingsLayer::system, "system: " + sources_.system.string() + ":2:1"});
  write_file(sources_.user, "\n\n  backend = 'u'");
  check({"u", SettingsLayer::user, "user: " + sources_.user.string() + ":3:3"});
  write_file(sources_.project, "backend = 'p'");
  check({"p", SettingsLayer::project, "project: " + sources_.project.string() + ":1:1"});
  sources_.customizations = {
      {"backend", "\"c\"", {"/w/.devcontainer/devcontainer.json", 7, 9, {}}}};
  check({"c", SettingsLayer::project, "project: /w/.devcontainer/devcontainer.json:7:9"});
  sources_.environment = {{"FAIRLEAD_BACKEND", "e"}};
  check({"e", SettingsLayer::environment, "environment: FAIRLEAD_BACKEND"});
  sources_.assignments = {"backend=first", "backend=a=b"};
  check({"a=b", SettingsLayer::command_line, "command line: --set backend"});
  sources_.backend = "o";
  check({"o", SettingsLayer::command_line, "command line: --backend"});
}

TEST_F(SettingsTest, ReplaceListsAsAWhole) {
  write_file(sources_.system, "hosts = ['ssh://a', 'ssh://b']");
  write_file(sources_.user, "hosts = ['ssh://c']");
  EXPECT_EQ(settle().list("hosts"), Items{"ssh://c"});
}

TEST_F(SettingsTest, MapVariablesToKeys) {
  EXPECT_EQ(setting_variable("feature_installer"), "FAIRLEAD_FEATURE_INSTALLER");
  EXPECT_EQ(setting_variable("plugins.ssh-remote.retries"),
            "FAIRLEAD_PLUGINS__SSH_REMOTE__RETRIES");
  sources_.environment = {{"FAIRLEAD_PLUGINS__SSH_REMOTE__RETRIES", "7"},
                          {"FAIRLEAD_PLUGINS__SSH_REMOTE__COMPRESS", "true"},
                          {"FAIRLEAD_PLUGIN_PATH", "/a,/b"},
                          {"FAIRLEAD_HOST", ""},
                          {"FAIRLEADX", "x"},
                          {"HOME", "/home/u"}};
  const Settings settings = settle();
  EXPECT_EQ(settings.number("plugins.ssh-remote.retries"), 7);
  EXPECT_TRUE(settings.flag("plugins.ssh-remote.compress"));
  EXPECT_EQ(settings.list("plugin_path"), (Items{"/a", "/b"}));
  EXPECT_EQ(settings.text("host"), "local") << "an empty variable is an unset one";
  EXPECT_TRUE(settings.warnings().empty());
}

TEST_F(SettingsTest, ReportOnlyVariablesThatLookLikeOurs) {
  sources_.environment = {{"FAIRLEAD_BAKEND", "x"},
                          {"FAIRLEAD_PLUGINS__NOBODY__OPTION", "x"},
                          {"FAIRLEAD_SOMEBODY_ELSES_VARIABLE", "x"}};
  const Settings settings = settle();
  ASSERT_EQ(settings.warnings().size(), 2U);
  EXPECT_EQ(settings.warnings()[0].text(),
            "FAIRLEAD_BAKEND: no setting has this variable (did you mean 'FAIRLEAD_BACKEND'?)");
  EXPECT_EQ(settings.warnings()[1].where.file, "FAIRLEAD_PLUGINS__NOBODY__OPTION");
}

TEST_F(SettingsTest, ReportUnknownKeysWithTheNearest) {
  write_file(sources_.user,
             "bakend = 'x'\n[plugins.podman]\nusernss = 'y'\n[plugins.nobody]\nz = 1\n");
  const Settings settings = settle();
  ASSERT_EQ(settings.warnings().size(), 3U);
  const std::string file = sources_.user.string();
  EXPECT_EQ(settings.warnings()[0].text(),
            file + ":1:1: unknown setting 'bakend' (did you mean 'backend'?)");
  EXPECT_EQ(settings.warnings()[0].where.text, "bakend = 'x'");
  EXPECT_EQ(settings.warnings()[1].text(), file +
                                               ":3:1: unknown setting 'plugins.podman.usernss' "
                                               "(did you mean 'plugins.podman.userns'?)");
  EXPECT_EQ(settings.warnings()[2].text(),
            file +
                ":5:1: unknown setting 'plugins.nobody.z' "
                "(no installed plugin declares settings below 'plugins.nobody')");
}

TEST_F(SettingsTest, RefuseFromAProjectWhatOnlyAUserMaySet) {
  write_file(sources_.project,
             "plugin_path = ['/evil']\nhosts = ['ssh://evil']\nbackend = 'podman'\n"
             "[plugins.podman]\nsocket = '/evil.sock'\nuserns = 'host'\n"
             "[plugins.ssh-remote]\nretries = 99\n");
  const Settings settings = settle();
  EXPECT_EQ(settings.text("backend"), "podman");
  EXPECT_EQ(settings.text("plugins.podman.userns"), "host");
  EXPECT_EQ(settings.list("plugin_path"), Items{});
  EXPECT_EQ(settings.list("hosts"), Items{});
  EXPECT_EQ(settings.text("plugins.podman.socket"), "");
  EXPECT_EQ(settings.number("plugins.ssh-remote.retries"), 3);
  EXPECT_EQ(codes(settings), Items(4, "settings.project"));
  const std::string text = settings.warnings()[0].text();
  EXPECT_EQ(text.rfind(sources_.project.string() + ":1:1: a project may not set 'plugin_path'", 0),
            0U)
      << text;
  EXPECT_NE(text.find("commands, sockets, endpoints"), std::string::npos) << text;
  EXPECT_NE(text.find(sources_.user.string()), std::string::npos) << text;
}

TEST_F(SettingsTest, RefuseTheSameInCustomizations) {
  const auto at = [](int line) { return SourceLocation{"/w/devcontainer.json", line, 5, {}}; };
  sources_.customizations = {{"plugin_path", "[\"/evil\"]", at(3)},
                             {"plugins.podman.socket", "{}", at(4)},
                             {"feature_installer", "\"mine\"", at(5)}};
  const Settings settings = settle();
  EXPECT_EQ(codes(settings), Items(2, "settings.project"))
      << "refused before its type is looked at";
  EXPECT_EQ(settings.text("feature_installer"), "mine");
}

TEST_F(SettingsTest, LetAProjectChooseOnlyHostsOfTheUser) {
  write_file(sources_.project, "host = 'ssh://box'\n");
  const Settings refused = settle();
  EXPECT_EQ(refused.text("host"), "local");
  EXPECT_EQ(codes(refused), Items{"settings.project_host"});
  write_file(sources_.user, "hosts = ['ssh://box']");
  const Settings allowed = settle();
  EXPECT_EQ(allowed.text("host"), "ssh://box");
  EXPECT_TRUE(allowed.warnings().empty());
  sources_.assignments = {"hosts="};
  EXPECT_EQ(settle().text("host"), "local") << "the hosts in force count";
}

TEST_F(SettingsTest, SayWhichHostAProjectWantsAndTakeTheAnswer) {
  write_file(sources_.project, "host = 'ssh://box'\n");
  ASSERT_EQ(settle().warnings().size(), 1U);
  EXPECT_EQ(settle().warnings()[0].host, "ssh://box");
  sources_.allowed_hosts = {"ssh://box"};
  EXPECT_EQ(settle().text("host"), "ssh://box");
  EXPECT_TRUE(settle().warnings().empty());
}

TEST_F(SettingsTest, KnowTheWaysOfAWorkspaceIntoAContainer) {
  write_file(sources_.project, "content = 'volume'\n");
  EXPECT_EQ(settle().text("content"), "volume");
  write_file(sources_.project, "content = 'copy'\n");
  EXPECT_EQ(error().code(), "settings.value");
}

TEST_F(SettingsTest, LetAProjectAskForTheLocalHost) {
  write_file(sources_.user, "host = 'ssh://box'");
  write_file(sources_.project, "host = 'local'");
  EXPECT_EQ(settle().text("host"), "local");
}

TEST_F(SettingsTest, TreatAFileThatEverybodyMayWriteAsAProjects) {
  write_file(sources_.user, "plugin_path = ['/x']\nbackend = 'docker'\nhosts = ['ssh://x']", 0666);
  const Settings settings = settle();
  EXPECT_EQ(settings.list("plugin_path"), Items{});
  EXPECT_EQ(settings.text("backend"), "docker");
  EXPECT_EQ(codes(settings), (Items{"settings.writable", "settings.project", "settings.project"}));
  EXPECT_EQ(settings.warnings()[0].where.file, sources_.user.string());
}

TEST_F(SettingsTest, PointAtAValueOfTheWrongType) {
  write_file(sources_.user, "host = 'local'\n[plugins.ssh-remote]\n  retries = \"many\"\n");
  const Error thrown = error();
  EXPECT_EQ(thrown.code(), "settings.type");
  EXPECT_EQ(thrown.text(), sources_.user.string() +
                               ":3:3: plugins.ssh-remote.retries: an integer expected, not a "
                               "string\n    retries = \"many\"\n    ^\n  how often");
}

TEST_F(SettingsTest, RefuseATableWhereAValueIsExpected) {
  write_file(sources_.user, "[backend]\nname = 'docker'\n");
  const Settings settings = settle();
  EXPECT_EQ(codes(settings), Items{"settings.unknown"});
  EXPECT_EQ(settings.warnings()[0].message, "unknown setting 'backend.name'");
}

TEST_F(SettingsTest, NameTheVariableOfAWrongValue) {
  sources_.environment = {{"FAIRLEAD_PLUGINS__SSH_REMOTE__COMPRESS", "maybe"}};
  EXPECT_EQ(error().text(),
            "FAIRLEAD_PLUGINS__SSH_REMOTE__COMPRESS: plugins.ssh-remote.compress: true or false "
            "expected, not 'maybe'\n  compress the stream");
}

TEST_F(SettingsTest, RefuseValuesThatCannotBeMeant) {
  for (const char* text :
       {"host=-oProxyCommand=x", "host=ssh://-oProxyCommand=x", "host=ssh://user@-x",
        "host=ssh://-l@x", "host=ssh://", "host=", "hosts=ssh://a,-b", "backend=",
        "feature_installer=", "port_forwarder=", "plugin_path=relative", "plugin_path=[\"\"]"}) {
    sources_.assignments = {text};
    EXPECT_EQ(error().code(), "settings.value") << text;
  }
  for (const char* text : {"host=ssh://user@box:22/path", "host=box", "plugin_path=/a"}) {
    sources_.assignments = {text};
    EXPECT_EQ(error().code(), "none") << text;
  }
}

TEST_F(SettingsTest, RefuseBrokenAssignments) {
  for (const char* text : {"", "backend", "=x"}) {
    sources_.assignments = {text};
    EXPECT_EQ(error().code(), "settings.assignment") << text;
  }
  sources_.assignments = {"bakend=x"};
  EXPECT_EQ(error().code(), "settings.unknown");
  EXPECT_EQ(error().hint(), "did you mean 'backend'?");
}

TEST_F(SettingsTest, PassOverPluginOptionsUntilPluginsAreKnown) {
  write_file(sources_.user, "plugin_path = ['/x']\nbakend = 'x'\n[plugins.nobody]\na = 1\n");
  sources_.environment = {{"FAIRLEAD_PLUGINS__NOBODY__A", "x"}};
  sources_.assignments = {"plugins.ssh-remote.retries=5"};
  const SettingsLayers layers = read_settings(sources_);
  const Settings early = settle_settings(layers);
  EXPECT_EQ(early.list("plugin_path"), Items{"/x"});
  EXPECT_EQ(codes(early), Items{"settings.unknown"}) << "bakend";
  EXPECT_EQ(settle_settings(layers, options()).number("plugins.ssh-remote.retries"), 5);
  try {
    settle_settings(layers, {});
    FAIL() << "no error";
  } catch (const Error& thrown) {
    EXPECT_EQ(thrown.code(), "settings.unknown");
  }
}

TEST_F(SettingsTest, PointAtBrokenTomlInAnyFile) {
  for (const auto& file : {sources_.system, sources_.user, sources_.project}) {
    write_file(file, "backend = 'docker'\nhost = = 1\n");
    const Error thrown = error();
    EXPECT_EQ(thrown.code(), "settings.syntax");
    EXPECT_EQ(thrown.where().file, file.string());
    EXPECT_EQ(thrown.where().line, 2);
    EXPECT_EQ(thrown.where().text, "host = = 1");
    fs::remove(file);
  }
}

TEST_F(SettingsTest, SayWhichFileCannotBeRead) {
  fs::create_directory(sources_.user);
  const Error thrown = error();
  EXPECT_EQ(thrown.code(), "file.read");
  EXPECT_EQ(thrown.message(), "cannot read " + sources_.user.string() + ": Is a directory");
}

TEST_F(SettingsTest, SayWhenAFileIsNotPermitted) {
  write_file(sources_.user, "", 0000);
  const bool root = ::geteuid() == 0;  // who may read everything
  ASSERT_TRUE(!root || ::seteuid(65534) == 0);
  const Error thrown = error();
  ASSERT_TRUE(!root || ::seteuid(0) == 0);
  EXPECT_EQ(thrown.code(), "file.read");
  EXPECT_EQ(thrown.status(), Status::denied);
}

TEST_F(SettingsTest, GiveAPluginItsOwnTable) {
  write_file(sources_.user, "[plugins.podman]\nsocket = '/run/p.sock'\n");
  const Settings settings = settle();
  EXPECT_EQ(settings.plugin_json("podman"), R"({"socket":"/run/p.sock","userns":"keep-id"})");
  EXPECT_EQ(settings.plugin_json("ssh-remote"), R"({"compress":false,"retries":3})");
  EXPECT_EQ(settings.plugin_json("pod"), "{}");
  EXPECT_EQ(settle_settings(read_settings({}), options()).plugin_json("podman"),
            R"({"userns":"keep-id"})")
      << "an unset option is left out";
}

TEST_F(SettingsTest, ListEverythingSortedByKey) {
  const Settings settings = settle();
  const auto& all = settings.effective();
  EXPECT_EQ(all.size(), core_settings().size() + options().size());
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Setting& a, const Setting& b) {
    return a.spec.key < b.spec.key;
  }));
}

TEST_F(SettingsTest, RefuseTheWrongQuestion) {
  const Settings settings = settle();
  EXPECT_THROW(settings.flag("backend"), Error);
  try {
    settings.text("bakend");
    FAIL() << "no error";
  } catch (const Error& thrown) {
    EXPECT_EQ(thrown.code(), "settings.unknown");
    EXPECT_EQ(thrown.hint(), "did you mean 'backend'?");
  }
}

TEST(SettingsSources, AreTheUsualPlaces) {
  const auto sources =
      standard_settings_sources({{"HOME", "/home/u"}, {"FAIRLEAD_HOST", "x"}}, "/w");
  EXPECT_EQ(sources.defaults.filename(), "fairlead.toml");
  EXPECT_EQ(sources.defaults.parent_path().parent_path().filename(), "share");
  EXPECT_EQ(sources.system, "/etc/fairlead/config.toml");
  EXPECT_EQ(sources.user, "/home/u/.config/fairlead/config.toml");
  EXPECT_EQ(sources.project, "/w/.devcontainer/fairlead.toml");
  EXPECT_EQ(sources.environment.at("FAIRLEAD_HOST"), "x");
  const auto other = standard_settings_sources({{"XDG_CONFIG_HOME", "/c"}});
  EXPECT_EQ(other.user, "/c/fairlead/config.toml");
  EXPECT_TRUE(other.project.empty());
}

/// The shipped file is the documentation of the table: same keys, same values, nothing else.
TEST(SettingsDefaults, ShipEveryKeyWithItsBuiltInValue) {
  SettingsSources sources;
  sources.defaults = fs::path(FAIRLEAD_SOURCE_DIR) / "config/fairlead.toml";
  const Settings settings = settle_settings(read_settings(sources));
  EXPECT_TRUE(settings.warnings().empty());
  for (const auto& setting : settings.effective()) {
    EXPECT_GT(setting.origin.where.line, 0) << setting.spec.key << " is not in the shipped file";
    EXPECT_EQ(setting.value, setting.spec.default_value) << setting.spec.key;
    EXPECT_FALSE(setting.spec.description.empty()) << setting.spec.key;
  }
}

}  // namespace
}  // namespace fairlead
