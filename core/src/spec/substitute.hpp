#pragma once

#include <fairlead/config.hpp>

#include <string>

/// The three stages of variable substitution (VAR-001..022). One pass each, values only, unknown
/// variables stay as written. The public functions stand in <fairlead/config.hpp>.
namespace fairlead {

/// A variable that cannot be resolved; `pointer` is where it stands.
struct VariableFault {
  std::string message;
  std::string hint;
  std::string pointer;
};

/// As `substitute`, but throws VariableFault so that the caller can say where.
nlohmann::ordered_json substitute_located(const Variables& variables,
                                          const nlohmann::ordered_json& value);

/// Only `devcontainerId`, only `containerEnv`: what stages 2 and 3 may replace.
Variables id_variables(const Variables& variables, const std::string& id);
Variables container_variables(const Variables& variables, const Environment& environment);

}  // namespace fairlead
