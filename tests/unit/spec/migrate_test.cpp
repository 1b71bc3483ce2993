#include "project_folder.hpp"

#include <fairlead/migrate.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace fairlead {
namespace {

std::string migrated(std::string_view text) { return migrate_config(text, "f").text; }

TEST(Migrate, LeavesWhatStandsTwice) {
  const char* before = R"({"extensions":["a"],"exten\u0073ions":["c"],"devPort":1})";
  const Migration out = migrate_config(before, "f");
  EXPECT_EQ(out.changes.at(0), R"("extensions" was left: it stands here more than once)");
  EXPECT_NE(out.text.find(R"({"extensions":["a"],"exten\u0073ions":["c"])"), std::string::npos);
  EXPECT_NE(out.text.find(R"("devPort": 1)"), std::string::npos);
}

// CFG-067..072
TEST(Migrate, MovesEverythingAndKeepsTheRest) {
  const char* before = R"({
	// the image
	"name": "n", /* a name */
	"dockerFile": "Dockerfile", // ours
	"context": "..",
	"settings": {
		"a.b": true // why
	},
	"extensions": ["x.y"],
	"runArgs": [ "-e","A=${env:A}", "${env:B}${env:C}" ],
	"devPort": 1,
	"codespaces": {"c": 1},
}
)";
  EXPECT_EQ(migrated(before), R"({
	// the image
	"name": "n", /* a name */
	"build": {"dockerfile": "Dockerfile", "context": ".."}, // ours
	"runArgs": [ "-e","A=${localEnv:A}", "${localEnv:B}${localEnv:C}" ],
	"customizations": {
	  "vscode": {
	    "extensions": ["x.y"],
	    "settings": {
	    	"a.b": true // why
	    },
	    "devPort": 1
	  },
	  "codespaces": {"c": 1}
	},
}
)");
}

TEST(Migrate, WorksOnOneLine) {
  EXPECT_EQ(migrated(R"({"image": "i", "extensions": ["a"], "name": "n"})"),
            R"({"image": "i", "name": "n", "customizations": {
  "vscode": {
    "extensions": ["a"]
  }
}})");
  EXPECT_EQ(migrated(R"({"dockerFile": "D"})"), R"({"build": {"dockerfile": "D"}})");
}

TEST(Migrate, MeansTheSameAsBefore) {
  const std::string before =
      R"({"dockerFile":"D","context":"c","extensions":["a"],"settings":{"s":1},"devPort":3,)"
      R"("build":{"args":{"A":"${env:A}"}},"customizations":{"vscode":{"x":1},"t":2}})";
  const spec_test::ProjectFolder old(before);
  const spec_test::ProjectFolder modern(migrated(before));
  const auto a = parse_config(read_config(old.options()));
  const auto b = parse_config(read_config(modern.options()));
  EXPECT_EQ(old.shortened(a.build.dockerfile), modern.shortened(b.build.dockerfile));
  EXPECT_EQ(old.shortened(a.build.context), modern.shortened(b.build.context));
  EXPECT_EQ(a.build.args, b.build.args);
  const auto text = modern.configuration(read_config(modern.options()));
  EXPECT_NE(text.find(R"("vscode":{"x":1,"extensions":["a"],"settings":{"s":1},"devPort":3})"),
            std::string::npos)
      << text;
}

TEST(Migrate, LeavesWhatIsSaidTwice) {
  const std::string text = R"({"dockerFile":"D","build":{"dockerfile":"E"},"extensions":["a"],
    "customizations":{"vscode":{"extensions":["b"]}}})";
  const auto migration = migrate_config(text, "f");
  EXPECT_EQ(migration.text, text);
  EXPECT_EQ(migration.changes.size(), 2U);
}

TEST(Migrate, LeavesModernFilesAlone) {
  const std::string text = "\xef\xbb\xbf{\r\n\"image\": \"i\", \"x${env:A}\": 1}\r\n";
  const auto migration = migrate_config(text, "f");
  EXPECT_EQ(migration.text, text);
  EXPECT_TRUE(migration.changes.empty());
}

TEST(Migrate, RefusesWhatItCannotRead) {
  for (const char* text : {"[]", "", "{", "{\"extensions\":[],\"customizations\":5}"}) {
    EXPECT_THROW(migrate_config(text, "f"), Error) << text;
  }
}

TEST(Migrate, ReplacesTheFileBehindALinkAndKeepsItsMode) {
  namespace fs = std::filesystem;
  const spec_test::ProjectFolder project(R"({"dockerFile": "D"})");
  const fs::path file = project.root() + "/proj/.devcontainer/devcontainer.json";
  const fs::path link = project.root() + "/link.json";
  fs::permissions(file, fs::perms(0640));
  fs::create_symlink(file, link);
  migrate_config_file(link, false);
  EXPECT_EQ(fs::file_size(file), 19U);
  migrate_config_file(link, true);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0640));
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  EXPECT_EQ(text.str(), R"({"build": {"dockerfile": "D"}})");
  EXPECT_THROW(migrate_config_file(project.root() + "/gone", true), Error);
}

}  // namespace
}  // namespace fairlead
