#pragma once

#include "spec/values.hpp"

#include <fairlead/config_model.hpp>

#include <string>

namespace fairlead {

/// The whole of a devcontainer.json. `folder` is what its paths are relative to.
Config read_config_values(const Values& values, const std::string& folder);

/// What the configuration is made from, and whether its properties fit that. CFG-016..018, 042.
Scenario read_scenario(const Values& values, const Config& config);

/// `secrets` says what a person may be asked for; nothing is read from it. CFG-059, SEC-001.
void judge_secrets(const Values& values);

/// What was written until 2021: the form of what has moved, and where it belongs now. `values` are
/// those of the file before anything is moved. CFG-067..075.
void judge_legacy(const Values& values);

/// Unknown top-level properties. CFG-015.
void judge_names(const Values& values);

/// Variables as written, in every text below `value`: those that have no meaning, and old names.
/// VAR-004, VAR-005, edge case 26.
void judge_variables(const Json& value, const std::string& pointer, Faults& faults);

}  // namespace fairlead
