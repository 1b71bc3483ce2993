// fairlead-host-shell [OPTION...] NAME WORD...: stands where Unison and rsync would start ssh. Runs
// the words, as ssh does, by a shell of the host that the environment names, over the connection
// that all our programs share. FLSHELL_HOST is its address; FLSHELL_SET and FLSHELL_PLUGINS are the
// caller's --set and --plugin-path, one on a line; FLSHELL_GATE a FIFO (see gate.hpp).

#include "gate.hpp"

#include <fairlead/core.hpp>
#include <fairlead/environment.hpp>
#include <fairlead/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using fairlead::CallOptions;
using fairlead::UniqueFd;

class Nowhere final : public fairlead::EventSink {
 public:
  void on_event(const fairlead::LogEvent& /*event*/) override {}
};

std::string take(fairlead::Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  if (found == environment.end()) return {};
  auto value = found->second;
  environment.erase(found);
  return value;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// What ssh would hand to the login shell: everything behind the host's name. Unison says "-e none"
/// behind it, as ssh allows.
std::string command_in(const std::vector<std::string>& words) {
  constexpr std::string_view with_value = "elpo";
  std::string command;
  bool named = false;
  bool begun = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (!begun && word.size() > 1 && word.front() == '-') {
      if (word.size() == 2 && with_value.find(word[1]) != std::string_view::npos) ++i;
    } else if (!named) {
      named = true;
    } else {
      command += (begun ? " " : "") + word;
      begun = true;
    }
  }
  return command;
}

int run(const std::vector<std::string>& words) {
  auto environment = fairlead::capture_environment();
  const auto gate = take(environment, "FLSHELL_GATE");
  fairlead::CoreOptions options{.host = take(environment, "FLSHELL_HOST")};
  options.assignments = lines_of(take(environment, "FLSHELL_SET"));
  options.plugin_path = lines_of(take(environment, "FLSHELL_PLUGINS"));
  options.environment = std::move(environment);
  options.working_directory = "/";
  Nowhere nowhere;
  fairlead::Core core(std::move(options), nowhere);
  const auto host = core.host(core.settings({}, nullptr));  // may throw: before anybody waits
  std::optional<fairlead::Gate> behind;                     // outlives what holds its ends
  CallOptions call;
  fairlead::SpawnRequest request{.argv = {"/bin/sh", "-c", command_in(words)}};
  UniqueFd in(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  UniqueFd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!gate.empty()) {
    behind.emplace(gate, std::move(in), std::move(out));
    in = behind->take_in();
    out = behind->take_out();
  }
  request.in = call.pass(std::move(in));
  request.out = call.pass(std::move(out));
  request.err = call.pass(UniqueFd(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)));
  return host->spawn(request, std::move(call)).exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run({argv + 1, argv + argc});
  } catch (const fairlead::Error& error) {
    std::fprintf(stderr, "fairlead-host-shell: %s: %s\n", error.code().c_str(),
                 error.message().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fairlead-host-shell: %s\n", error.what());
  }
  return 255;
}
