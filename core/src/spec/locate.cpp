#include "spec/locate.hpp"

#include "spec/posix_path.hpp"

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace fairlead {
namespace {

struct FreePath {
  void operator()(char* path) const { std::free(path); }
};

std::string current_folder() {
  const std::unique_ptr<char, FreePath> path(::getcwd(nullptr, 0));
  if (!path) {
    throw Error(Status::not_found, "config.working_directory",
                "the working directory does not exist any more", "change to another folder");
  }
  return path.get();
}

/// The configuration that the folder offers; in drop-in mode that of the default places, as ever.
void look_for_config(ConfigLocation& out, const ReadOptions& options) {
  if (options.mode == Mode::drop_in) {
    out.config_file = default_config(out.workspace_folder);
    return;
  }
  const ConfigChoice choice = choose_config(out.workspace_folder, out.workspace_file.roots);
  if (choice.candidates.empty()) {
    out.config_file = default_config(out.workspace_folder);
  } else if (choice.usual) {
    const auto& taken = choice.candidates[*choice.usual];
    out.config_file = taken.config_file;
    out.workspace_folder = taken.workspace_folder;
  } else if (!options.override_config.empty()) {
    out.config_file = default_config(out.workspace_folder);  // it need not exist (CFG-009)
  } else {
    throw config_ambiguous(out.workspace_folder, choice);
  }
}

/// A configuration that one of several roots has makes that root the workspace folder.
void choose_root(ConfigLocation& out) {
  if (out.workspace_file.roots.empty()) return;
  for (const auto& one : choose_config(out.workspace_folder, out.workspace_file.roots).candidates) {
    if (one.config_file == out.config_file) out.workspace_folder = one.workspace_folder;
  }
}

void locate_folder(ConfigLocation& out, const ReadOptions& options) {
  if (options.workspace_folder.empty()) return;
  out.workspace_folder = absolute_path(options, options.workspace_folder);
  if (!is_workspace_file(out.workspace_folder)) return;
  if (options.mode == Mode::fairlead) {
    out.workspace_file = read_workspace_file(out.workspace_folder);
  }
  out.workspace_folder = posix_path::dirname(out.workspace_folder);
}

}  // namespace

std::string absolute_path(const ReadOptions& options, const std::string& path) {
  if (path.front() == '/') return posix_path::normalize(path);
  return posix_path::resolve(
      options.working_directory.empty() ? current_folder() : options.working_directory, path);
}

ConfigLocation locate_config(const ReadOptions& options) {
  ConfigLocation out;
  locate_folder(out, options);
  const std::string over = options.override_config.empty()
                               ? std::string()
                               : absolute_path(options, options.override_config);
  if (!options.config.empty()) {
    out.config_file = absolute_path(options, options.config);
    out.explicit_file = true;
    choose_root(out);
  } else if (!out.workspace_folder.empty()) {
    look_for_config(out, options);
  } else if (!over.empty()) {
    out.config_file = over;
    out.explicit_file = true;
  } else {
    throw Error(Status::invalid, "config.not_found",
                "neither a workspace folder nor a configuration was given",
                "name one with --workspace-folder or --config");
  }
  out.content_file = over.empty() ? out.config_file : over;
  return out;
}

Error config_ambiguous(const std::string& folder, const ConfigChoice& choice) {
  std::string hint = "choose one with --config:";
  for (const auto& one : choice.candidates) hint += "\n    " + one.config_file;
  return {Status::invalid, "config.several",
          folder + " has " + std::to_string(choice.candidates.size()) +
              " configurations, and nothing says which one is meant.",
          std::move(hint)};
}

Error config_not_found(const ConfigLocation& location) {
  std::string hint;
  if (location.content_file != location.config_file) {
    hint = "the override is " + location.content_file;
  } else if (!location.explicit_file) {
    const auto others = list_configs(location.workspace_folder);
    hint = others.empty() ? "create one, or name another folder with --workspace-folder"
                          : "choose one with --config:";
    for (const auto& other : others) hint += "\n    " + other;
  }
  return {Status::not_found, "config.not_found",
          "Dev container config (" + location.config_file + ") not found.", hint};
}

}  // namespace fairlead
