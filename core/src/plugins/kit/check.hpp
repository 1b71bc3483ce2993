#pragma once

#include <fairlead/conformance/suite.hpp>
#include <fairlead/plugins.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead::kit {

/// What the program was told about the plugin and its surroundings.
struct Setup {
  std::string library;          ///< absolute
  std::string settings = "{}";  ///< the plugin's own, JSON
  std::string image;            ///< for checks of instances; empty: they are skipped
  std::string host;             ///< address for checks of hosts; empty: they are skipped
};

/// A check that does not hold, with what it found.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A check that makes no sense here, with the reason.
struct Skipped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const std::string& otherwise) {
  if (!holds) throw Broken(otherwise);
}

/// One promise of a plugin. Runs in a process of its own.
struct Check {
  std::string name;         ///< stable, "group.words_of_it"
  std::string description;  ///< what a plugin that passes does
  std::function<void(const Setup&)> run;
};

/// The checks of a group append themselves.
void add_load_checks(std::vector<Check>& checks);
void add_call_checks(std::vector<Check>& checks);
void add_cancel_checks(std::vector<Check>& checks);
void add_backend_checks(std::vector<Check>& checks);
void add_host_checks(std::vector<Check>& checks);
void add_feature_checks(std::vector<Check>& checks);
void add_port_checks(std::vector<Check>& checks);

}  // namespace fairlead::kit
