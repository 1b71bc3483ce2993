#include "plugins/manifest.hpp"

#include "plugin_fixture.hpp"
#include "plugins/abi_check.hpp"

namespace fairlead::test {
namespace {

class Manifest : public PluginTest {
 protected:
  PluginManifest read(std::string_view text) {
    write("x.plugin.toml", text);
    return read_manifest(folder_ / "x.plugin.toml");
  }
  std::string problem(std::string_view text) {
    const auto error = thrown([&] { read(text); });
    EXPECT_EQ(error.code(), "plugin.manifest");
    return std::to_string(error.where().line) + ": " + error.message();
  }
};

TEST_F(Manifest, SaysAllThatListingNeeds) {
  const auto found = read(R"(
id = "org.example.x"
version = "0.3"
description = "An x"
abi = "1.2"
interfaces = ["fairlead.backend/1", "fairlead.host/1"]
backends = ["x", "y"]
host_schemes = ["xs"]
scenarios = ["image"]
environment = "host"
from_tomorrow = true
[[options]]
name = "words"
type = "strings"
default = ["a", "b"]
project = true
description = "some words"
[[options]]
name = "depth"
type = "integer"
)");
  EXPECT_EQ(found.id, "org.example.x");
  EXPECT_EQ(found.version, "0.3");
  EXPECT_EQ(found.abi_major, 1);
  EXPECT_EQ(found.abi_minor, 2);
  EXPECT_EQ(found.interfaces.size(), 2U);
  EXPECT_EQ(found.backends, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(found.host_schemes, std::vector<std::string>{"xs"});
  EXPECT_TRUE(found.is_the_host);
  EXPECT_EQ(found.scenarios, std::vector<std::string>{"image"});
  EXPECT_EQ(found.library_path, (folder_ / "x.so").string());
  ASSERT_EQ(found.options.size(), 2U);
  EXPECT_EQ(found.options[0].type, "strings");
  EXPECT_EQ(found.options[0].default_value, "[ 'a', 'b' ]");
  EXPECT_TRUE(found.options[0].project);
  EXPECT_EQ(found.options[1].default_value, "");
  EXPECT_FALSE(found.options[1].project);
}

TEST_F(Manifest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(problem("version = \"1\"\n"), "1: The plugin manifest is wrong: 'id' is missing.");
  EXPECT_EQ(problem("id = 1\n"), "1: The plugin manifest is wrong: 'id' is not a string.");
  EXPECT_EQ(problem("id='a'\nversion='1'\nabi='one'\n"),
            "3: The plugin manifest is wrong: 'abi' is not two numbers such as \"1.0\".");
  EXPECT_EQ(problem("id='a'\nversion='1'\nabi='1.0'\nbackends='a'\n"),
            "4: The plugin manifest is wrong: 'backends' is not an array of strings.");
  EXPECT_EQ(
      problem("id='a'\nversion='1'\nabi='1.0'\nlibrary='../b.so'\n").substr(0, 60),
      std::string("1: The plugin manifest is wrong: 'library' is not a plain file").substr(0, 60));
  EXPECT_EQ(problem("id='a'\nversion='1'\nabi='1.0'\n[[options]]\nname='n'\ntype='float'\n"),
            "6: The plugin manifest is wrong: there is no option type 'float' (there are string, "
            "boolean, integer and strings).");
}

TEST_F(Manifest, ThatIsNoTomlHasAPosition) {
  EXPECT_EQ(problem("id = \"a\"\nversion = \n").substr(0, 2), "2:");
}

TEST_F(Manifest, OfAnotherMajorVersionNeedsNoLoading) {
  PluginManifest manifest;
  manifest.abi_major = 2;
  EXPECT_EQ(abi_problem(manifest), "built for ABI 2, this fairlead speaks 1");
  manifest.abi_major = 1;
  manifest.abi_minor = 9;
  EXPECT_EQ(abi_problem(manifest), "");
}

TEST(AbiCheck, ReadsNoFurtherThanTheEntrySays) {
  fairlead_plugin entry{};
  entry.abi_major = 1;
  entry.size = 24;
  EXPECT_EQ(abi_problem(entry), "its entry is shorter than ABI 1.0 asks for");
  entry.size = sizeof entry;
  EXPECT_EQ(abi_problem(entry), "its entry has empty members");
}

}  // namespace
}  // namespace fairlead::test
