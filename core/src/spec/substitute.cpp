#include "spec/substitute.hpp"

#include "base/jsonc.hpp"
#include "base/text.hpp"
#include "spec/json_access.hpp"
#include "spec/posix_path.hpp"

#include <optional>
#include <utility>

namespace fairlead {
namespace {

/// `name` and what follows its colon; nullopt: no colon. In drop-in mode a second colon ends the
/// default (VAR-003), else a default may hold colons (URLs).
struct EnvironmentReference {
  std::optional<std::string_view> name;
  std::optional<std::string_view> fallback;
};

EnvironmentReference parse_reference(std::string_view body, Mode mode) {
  EnvironmentReference out;
  const std::size_t first = body.find(':');
  if (first == std::string_view::npos) return out;
  std::string_view rest = body.substr(first + 1);
  const std::size_t second = rest.find(':');
  out.name = rest.substr(0, second);
  if (second == std::string_view::npos) return out;
  rest.remove_prefix(second + 1);
  out.fallback = mode == Mode::drop_in ? rest.substr(0, rest.find(':')) : rest;
  return out;
}

/// A variable that is set, even to nothing, does not take the default (VAR-002).
std::string look_up(const Variables& variables, const Environment& environment,
                    std::string_view body) {
  const auto reference = parse_reference(body, variables.mode);
  if (!reference.name) {
    throw VariableFault{"'${" + std::string(body) + "}' in " +
                            posix_path::basename(variables.config_file) +
                            " can not be resolved because no environment variable name is given.",
                        "write ${" + std::string(body) + ":NAME}",
                        {}};
  }
  if (variables.mode == Mode::fairlead && body.find("${") != std::string_view::npos) {
    throw VariableFault{"'${" + std::string(body) + "}' holds a variable inside a variable",
                        "variables cannot be nested: the first '}' ends the outer one",
                        {}};
  }
  const auto found = environment.find(std::string(*reference.name));
  if (found != environment.end()) return found->second;
  return std::string(reference.fallback.value_or(std::string_view()));
}

/// The value of the variable between `${` and `}`; nullopt: leave it as it stands.
std::optional<std::string> resolve(const Variables& variables, std::string_view body) {
  const std::string_view name = body.substr(0, body.find(':'));
  const auto known = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional<std::string>(value);
  };
  if (name == "localEnv" || name == "env") {
    if (!variables.local_environment) return std::nullopt;
    return look_up(variables, *variables.local_environment, body);
  }
  if (name == "containerEnv") {
    if (!variables.container_environment) return std::nullopt;
    return look_up(variables, *variables.container_environment, body);
  }
  if (name == "devcontainerId") return known(variables.devcontainer_id);
  if (name == "localWorkspaceFolder") return known(variables.local_workspace_folder);
  if (name == "localWorkspaceFolderBasename") {
    if (variables.local_workspace_folder.empty()) return std::nullopt;
    return posix_path::basename(variables.local_workspace_folder);
  }
  if (name == "containerWorkspaceFolder") return known(variables.container_workspace_folder);
  if (name == "containerWorkspaceFolderBasename") {
    if (variables.container_workspace_folder.empty()) return std::nullopt;
    return posix_path::basename(variables.container_workspace_folder);
  }
  return std::nullopt;
}

/// The `}` of the expression whose `${` stands at `begin`; npos: none on this line.
std::size_t expression_end(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find_first_of("}\n\r", begin + 2);
  return end != std::string_view::npos && text[end] == '}' ? end : std::string_view::npos;
}

std::string replace(const Variables& variables, std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
    const std::size_t end = expression_end(text, at);
    if (end == std::string_view::npos) {
      // No '}' before the line ends: none of the `${` before it is an expression either.
      at = text.find_first_of("\n\r", at);
      if (at == std::string_view::npos) break;
      continue;
    }
    if (auto value = resolve(variables, text.substr(at + 2, end - at - 2))) {
      out.append(text, copied, at - copied);
      out += *value;
      copied = end + 1;
    }
    at = end + 1;
  }
  out.append(text, copied);
  return out;
}

/// Runs `work` on the child called `token`; a fault learns its way up.
template <typename Work>
auto at_child(std::string_view token, Work work) {
  try {
    return work();
  } catch (VariableFault& fault) {
    fault.pointer.insert(0, pointer_token(token));
    throw;
  }
}

Json replace_all(const Variables& variables, const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.find("${") == std::string::npos) return value;
    return replace(variables, text);
  }
  if (value.is_array()) {
    Json out = Json::array();
    out.get_ref<Json::array_t&>().reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      out.push_back(at_child(std::to_string(i), [&] { return replace_all(variables, value[i]); }));
    }
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  auto& target = out.get_ref<Json::object_t&>();
  target.reserve(value.size());
  for (const auto& [name, child] : value.get_ref<const Json::object_t&>()) {
    const Json& from = child;
    target.emplace_back(name, at_child(name, [&] { return replace_all(variables, from); }));
  }
  return out;
}

Error error_of(const VariableFault& fault) {
  return {Status::invalid, "config.variable", fault.message, fault.hint};
}

}  // namespace

Json substitute_located(const Variables& variables, const Json& value) {
  return replace_all(variables, value);
}

Json substitute(const Variables& variables, const Json& value) {
  try {
    return replace_all(variables, value);
  } catch (const VariableFault& fault) {
    throw error_of(fault);
  }
}

std::string substitute_text(const Variables& variables, std::string_view text) {
  try {
    return replace(variables, text);
  } catch (const VariableFault& fault) {
    throw error_of(fault);
  }
}

Variables id_variables(const Variables& variables, const std::string& id) {
  Variables out;
  out.mode = variables.mode;
  out.config_file = variables.config_file;
  out.devcontainer_id = id;
  return out;
}

Variables container_variables(const Variables& variables, const Environment& environment) {
  Variables out;
  out.mode = variables.mode;
  out.config_file = variables.config_file;
  out.container_environment = std::make_shared<const Environment>(environment);
  return out;
}

}  // namespace fairlead
