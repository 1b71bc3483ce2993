// fairlead-conformance PLUGIN.so: checks what every plugin owes fairlead, each promise in a process
// of its own. docs/writing-a-plugin.md tells about it.

#include "plugins/kit/check.hpp"
#include "plugins/kit/runner.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <fnmatch.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace fairlead::kit {
namespace {

constexpr auto* usage =
    "usage: fairlead-conformance PLUGIN.so [options]\n"
    "  --filter PATTERN   only checks whose name matches, as in 'call.*'; may be repeated\n"
    "  --image IMAGE      an image with sh and what busybox has, for backends\n"
    "  --host ADDRESS     a host that can be reached, for plugins of hosts\n"
    "  --settings JSON    the plugin's own settings\n"
    "  --json             one line of JSON per check\n"
    "  --in-process       no process per check, for a debugger\n"
    "  --list             say what is checked and check nothing\n";

struct Options {
  Setup setup;
  std::vector<std::string> filters;
  std::string only;
  bool json = false;
  bool in_process = false;
  bool list = false;
  bool wrong = false;
};

Options read_options(int argc, char** argv) {
  Options options;
  const auto value = [&](int& at) -> std::string {
    if (at + 1 < argc) return argv[++at];
    options.wrong = true;
    return {};
  };
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--filter") {
      options.filters.push_back(value(i));
    } else if (word == "--image") {
      options.setup.image = value(i);
    } else if (word == "--host") {
      options.setup.host = value(i);
    } else if (word == "--settings") {
      options.setup.settings = value(i);
    } else if (word == "--only") {
      options.only = value(i);
    } else if (word == "--json") {
      options.json = true;
    } else if (word == "--in-process") {
      options.in_process = true;
    } else if (word == "--list") {
      options.list = true;
    } else if (!word.starts_with('-') && options.setup.library.empty()) {
      options.setup.library = std::filesystem::absolute(word).lexically_normal().string();
    } else {
      options.wrong = true;
    }
  }
  if (options.setup.library.empty() && !options.list) options.wrong = true;
  return options;
}

std::vector<Check> all_checks() {
  std::vector<Check> checks;
  for (const auto add : {add_load_checks, add_call_checks, add_cancel_checks, add_backend_checks,
                         add_host_checks, add_feature_checks, add_port_checks}) {
    add(checks);
  }
  return checks;
}

bool wanted(const Check& check, const std::vector<std::string>& filters) {
  for (const auto& filter : filters) {
    if (::fnmatch(filter.c_str(), check.name.c_str(), 0) == 0) return true;
  }
  return filters.empty();
}

/// Any text as a JSON string, by the encoder that the contract itself uses.
std::string json_text(const std::string& text) {
  const auto object = encode(Failure{text, "", ""});
  const auto begin = object.find(R"("code":)") + 7;
  return object.substr(begin, object.find(R"(,"hint")") - begin);
}

void tell(const Check& check, const Finding& finding, bool json) {
  const std::string verdict(word(finding.verdict));
  if (json) {
    const auto why = finding.why.empty() ? "" : R"(,"reason":)" + json_text(finding.why);
    std::printf("{\"check\":\"%s\",\"result\":\"%s\"%s}\n", check.name.c_str(), verdict.c_str(),
                why.c_str());
  } else {
    std::printf("%-8s %s: %s\n", verdict.c_str(), check.name.c_str(), check.description.c_str());
    if (!finding.why.empty()) std::printf("         %s\n", finding.why.c_str());
  }
  std::fflush(stdout);
}

int run(const Options& options) {
  std::array<int, 4> counts{};
  const auto program = std::filesystem::read_symlink("/proc/self/exe").string();
  for (const auto& check : all_checks()) {
    if (!options.only.empty() && check.name == options.only) answer_parent(check, options.setup);
    if (!options.only.empty() || !wanted(check, options.filters)) continue;
    if (options.list) {
      std::printf("%s: %s\n", check.name.c_str(), check.description.c_str());
      continue;
    }
    const auto finding = options.in_process ? run_here(check, options.setup)
                                            : run_apart(program, check, options.setup);
    ++counts[static_cast<std::size_t>(finding.verdict)];
    tell(check, finding, options.json);
  }
  if (!options.json && !options.list) {
    std::printf("%d passed, %d failed, %d crashed, %d skipped\n", counts[0], counts[1], counts[2],
                counts[3]);
  }
  const bool none = counts[0] + counts[1] + counts[2] + counts[3] == 0;
  return counts[1] + counts[2] > 0 || (none && !options.list) ? 1 : 0;
}

}  // namespace
}  // namespace fairlead::kit

int main(int argc, char** argv) {
  const auto options = fairlead::kit::read_options(argc, argv);
  if (options.wrong) {
    std::fputs(fairlead::kit::usage, stderr);
    return 2;
  }
  try {
    return fairlead::kit::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fairlead-conformance: %s\n", error.what());
    return 2;
  }
}
