#include "settings/edit.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead {
namespace {

std::string added(const std::string& document, const std::vector<std::string>& before = {}) {
  return with_item(document, "hosts", "ssh://new", before, "config.toml");
}

std::string removed(const std::string& document) {
  return without_item(document, "hosts", "ssh://old", "config.toml");
}

std::string fault(const std::string& document) {
  try {
    added(document);
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

TEST(SettingsEdit, AddsToAListAndLeavesTheRestAlone) {
  EXPECT_EQ(added(""), "hosts = [\"ssh://new\"]\n");
  EXPECT_EQ(added("# mine\n[plugins.ssh]\nidle = 5\n", {"ssh://theirs"}),
            "hosts = [\"ssh://theirs\", \"ssh://new\"]\n# mine\n[plugins.ssh]\nidle = 5\n");
  EXPECT_EQ(added("backend = 'docker'\nhosts = [] # none\n"),
            "backend = 'docker'\nhosts = [\"ssh://new\"] # none\n");
  EXPECT_EQ(added("hosts = [\n  'ssh://ä', # first\n  \"ssh://b\" # last\n]\nhost = 'local'\n"),
            "hosts = [\n  'ssh://ä', # first\n  \"ssh://b\", \"ssh://new\" # last\n]\n"
            "host = 'local'\n");
  EXPECT_EQ(added("\xEF\xBB\xBFhosts = ['ssh://a']"),
            "\xEF\xBB\xBFhosts = ['ssh://a', \"ssh://new\"]");
  EXPECT_EQ(added("hosts = ['ssh://new']\n"), "hosts = ['ssh://new']\n");
}

TEST(SettingsEdit, RemovesFromAList) {
  EXPECT_EQ(removed(""), "");
  EXPECT_EQ(removed("hosts = ['ssh://old'] # one\n"), "hosts = [] # one\n");
  EXPECT_EQ(removed("hosts = ['ssh://old', 'ssh://b']\n"), "hosts = ['ssh://b']\n");
  EXPECT_EQ(removed("hosts = [ 'a', 'ssh://old' ]\n"), "hosts = [ 'a' ]\n");
  EXPECT_EQ(removed("hosts = [\n  'a', # ü\n  'ssh://old',\n  'b',\n]\n"),
            "hosts = [\n  'a', # ü\n  'b',\n]\n");
  EXPECT_EQ(removed("hosts = ['b']\n"), "hosts = ['b']\n");
}

TEST(SettingsEdit, RefusesWhatItCannotRead) {
  EXPECT_EQ(fault("hosts = "), "settings.syntax");
  EXPECT_EQ(fault("hosts = 'ssh://a'"), "settings.type");
  EXPECT_EQ(fault("hosts = [1]"), "settings.type");
  EXPECT_EQ(fault("[hosts]\na = 1"), "settings.type");
}

}  // namespace
}  // namespace fairlead
