#pragma once

#include <string>
#include <vector>

/// Texts that configurations are read from, made by rule so that every run reads the same.
namespace fairlead::bench {

/// A configuration of about `lines` lines, with something of every property that grows.
std::string usual_config(int lines);

/// A label with `entries` entries, as an image of many layers of Features has it.
std::string usual_label(int entries);

struct HostileInput {
  std::string name;
  std::string config;
};

/// A mebibyte each, of what makes careless readers slow or large.
std::vector<HostileInput> hostile_inputs();

}  // namespace fairlead::bench
