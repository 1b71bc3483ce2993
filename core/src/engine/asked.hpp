#pragma once

#include <fairlead/core.hpp>
#include <fairlead/model.hpp>

#include <string>
#include <vector>

/// Where environments are looked for when none is named: by `list` and by whoever watches.
namespace fairlead {

/// The backends that are asked what there is.
std::vector<std::string> names_to_ask(Core& core, const Settings& settings);

/// Where to ask, each as the settings that lead there: the host that was named for this call, or
/// this machine, the usual host and all that the user added.
std::vector<Settings> places_to_ask(const Settings& settings);

/// "docker", on another host "docker@ssh://box".
std::string shown_name(const std::string& backend, const Settings& settings);

/// A dev container of any tool has the folder's label; one of ours that is known by labels that the
/// user chose has at least our record.
bool is_environment(const Labels& labels);

}  // namespace fairlead
