#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "error_text.hpp"
#include "json_text.hpp"

#include <fairlead/validate.hpp>

#include <filesystem>

namespace fairlead::cli {
namespace {

namespace fs = std::filesystem;

struct Verdict {
  std::string file;
  std::vector<Diagnostic> diagnostics;
};

struct Counts {
  std::size_t errors = 0;
  std::size_t warnings = 0;
};

Counts count(const std::vector<Verdict>& verdicts) {
  Counts out;
  for (const auto& verdict : verdicts) {
    for (const auto& one : verdict.diagnostics) {
      out.errors += one.severity == Severity::error ? 1 : 0;
      out.warnings += one.severity == Severity::warning ? 1 : 0;
    }
  }
  return out;
}

/// A folder without anything to judge is a fault: a check of nothing must not look like success.
Verdict nothing_in(const std::string& folder) {
  return {folder,
          {{Severity::error,
            "config.not_found",
            "no configuration in this folder",
            "looked for .devcontainer/devcontainer.json, .devcontainer.json, "
            ".devcontainer/<name>/devcontainer.json and devcontainer-feature.json",
            {folder, 0, 0, {}}}}};
}

std::vector<Verdict> judge(const std::vector<std::string>& paths) {
  std::vector<Verdict> out;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
      out.push_back({path, validate_file(path)});
      continue;
    }
    const auto files = files_to_validate(path);
    for (const std::string& file : files) out.push_back({file, validate_file(file)});
    if (files.empty()) out.push_back(nothing_in(path));
  }
  return out;
}

std::string verdicts_json(const std::vector<Verdict>& verdicts, const Counts& counts, bool good) {
  std::string files;
  for (const auto& verdict : verdicts) {
    std::string said;
    for (const auto& one : verdict.diagnostics) {
      said += (said.empty() ? "" : ",") + diagnostic_json(one);
    }
    files += (files.empty() ? "" : ",") + std::string(R"({"file":)") + json_string(verdict.file) +
             R"(,"diagnostics":[)" + said + "]}";
  }
  return std::string(R"({"outcome":")") + (good ? "success" : "error") + R"(","errors":)" +
         std::to_string(counts.errors) + R"(,"warnings":)" + std::to_string(counts.warnings) +
         R"(,"files":[)" + files + "]}\n";
}

std::string number_of(std::size_t count, const std::string& word) {
  return std::to_string(count) + ' ' + word + (count == 1 ? "" : "s");
}

std::string verdicts_text(const std::vector<Verdict>& verdicts, const Counts& counts, bool quiet,
                          bool colour) {
  std::string text;
  for (const auto& verdict : verdicts) {
    for (const auto& one : verdict.diagnostics) {
      if (!quiet || one.severity == Severity::error) text += diagnostic_text(one, colour);
    }
  }
  if (quiet) return text;
  return text + number_of(verdicts.size(), "file") + ": " + number_of(counts.errors, "error") +
         ", " + number_of(counts.warnings, "warning") + '\n';
}

std::vector<std::string> paths_of(const Arguments& arguments) {
  auto paths = arguments.positionals();
  if (paths.empty() || arguments.given("workspace-folder")) {
    const std::string folder = arguments.text("workspace-folder");
    paths.insert(paths.begin(), folder.empty() ? arguments.working_directory() : folder);
  }
  return paths;
}

}  // namespace

int run_config_validate(const Arguments& arguments, Session& session) {
  const auto verdicts = judge(paths_of(arguments));
  const Counts counts = count(verdicts);
  const bool good = counts.errors == 0 && !(arguments.flag("strict") && counts.warnings > 0);
  session.write_out(wants_json(arguments, session)
                        ? verdicts_json(verdicts, counts, good)
                        : verdicts_text(verdicts, counts, arguments.flag("quiet"),
                                        session.out.colour && !arguments.flag("no-color")));
  return good ? 0 : 1;
}

}  // namespace fairlead::cli
