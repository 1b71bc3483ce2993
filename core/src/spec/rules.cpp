#include "spec/rules.hpp"

#include <algorithm>
#include <array>

namespace fairlead {
namespace {

struct Row {
  std::string_view property;
  MergeRule rule;
  bool metadata;
  std::string_view default_value = {};
};

using enum MergeRule;

constexpr std::array rows = {
    Row{"onCreateCommand", all, true},
    Row{"updateContentCommand", all, true},
    Row{"postCreateCommand", all, true},
    Row{"postStartCommand", all, true},
    Row{"postAttachCommand", all, true},
    Row{"waitFor", last_truthy, true, R"("updateContentCommand")"},
    Row{"customizations", customizations, true},
    Row{"mounts", MergeRule::mounts, true},
    Row{"containerEnv", members, true},
    Row{"containerUser", last_truthy, true, "the image's USER, else root"},
    Row{"init", any_true, true, "false"},
    Row{"privileged", any_true, true, "false"},
    Row{"capAdd", MergeRule::set, true},
    Row{"securityOpt", MergeRule::set, true},
    Row{"entrypoint", all, true},
    Row{"remoteUser", last_truthy, true, "the container's user"},
    Row{"userEnvProbe", last_truthy, true, R"("loginInteractiveShell")"},
    Row{"remoteEnv", members, true},
    Row{"overrideCommand", last_boolean, true, "true, with Compose false"},
    Row{"portsAttributes", members, true},
    Row{"otherPortsAttributes", last_truthy, true},
    Row{"forwardPorts", ports, true},
    Row{"shutdownAction", last_truthy, true, R"("stopContainer", with Compose "stopCompose")"},
    Row{"updateRemoteUserUID", last_boolean, true, "true"},
    Row{"hostRequirements", maximum, true},
    Row{"features", members, false},
    Row{"secrets", members, false},
    Row{"build", nested_members, false},
    Row{"runArgs", list, false},
    Row{"appPort", list, false},
    Row{"runServices", last, false, "all services"},
};

const Row* row_of(std::string_view property) {
  const auto* found = std::find_if(rows.begin(), rows.end(),
                                   [&](const Row& row) { return row.property == property; });
  return found == rows.end() ? nullptr : found;
}

}  // namespace

MergeRule merge_rule(std::string_view property) {
  const Row* row = row_of(property);
  return row == nullptr ? last : row->rule;
}

bool is_metadata_property(std::string_view property) {
  const Row* row = row_of(property);
  return row != nullptr && row->metadata;
}

std::string_view default_text(std::string_view property) {
  const Row* row = row_of(property);
  return row == nullptr ? std::string_view() : row->default_value;
}

std::string_view rule_text(MergeRule rule) {
  switch (rule) {
    case last:
      return "the last value counts";
    case last_truthy:
      return "the last value that is not empty counts";
    case last_boolean:
      return "the last true or false counts";
    case any_true:
      return "true when one says so";
    case all:
      return "all count, in this order";
    case list:
      return "all items count, in this order";
    case MergeRule::set:
      return "all items count, each once";
    case ports:
      return "all items count, each once; n and localhost:n are the same";
    case MergeRule::mounts:
      return "of mounts on one target the last counts";
    case members:
      return "of each member the last value counts";
    case nested_members:
      return "of each member the last value counts, also inside of objects";
    case customizations:
      return "each tool gets what all say";
    case maximum:
      return "of each member the greatest value counts";
  }
  return {};
}

}  // namespace fairlead
