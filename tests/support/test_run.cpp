#include "support/test_run.hpp"

#include <sys/stat.h>

#include <cstdlib>

namespace fairlead::test {

TestRun::TestRun() : folder_("flit"), id_(folder_.path().filename().string()) {
  for (const char* name : {"home", "tmp", "run", "state", "cache", "config", "work"}) {
    std::filesystem::create_directory(below(name));
  }
  ::chmod(below("run").c_str(), 0700);
}

Variables TestRun::environment() const {
  Variables variables = {
      {"PATH", variable("PATH")},
      {"LANG", "C.UTF-8"},
      {"TERM", "xterm"},
      {"FLTEST_RUN", id_},  // not FAIRLEAD_…: that would be an unknown setting
      {"HOME", below("home")},
      {"TMPDIR", below("tmp")},
      {"XDG_RUNTIME_DIR", below("run")},
      {"XDG_STATE_HOME", below("state")},
      {"XDG_CACHE_HOME", below("cache")},
      {"XDG_CONFIG_HOME", below("config")},
  };
  if (!variable("DOCKER_HOST").empty()) variables["DOCKER_HOST"] = variable("DOCKER_HOST");
  for (const auto& [name, value] : more_) variables[name] = value;
  return variables;
}

std::string fairlead_binary() { return FAIRLEAD_BINARY_DIR "/bin/fairlead"; }
std::string devcontainer_binary() { return FAIRLEAD_BINARY_DIR "/bin/devcontainer"; }

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? value : "";
}

}  // namespace fairlead::test
