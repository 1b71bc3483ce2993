#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fairlead/host_copy.hpp>
#include <fairlead/manage.hpp>

#include <filesystem>

namespace fairlead::cli {
namespace {

/// "[CONTAINER]:PATH"; a colon behind a slash is part of a local name.
bool is_inside(const std::string& word) {
  const auto colon = word.find(':');
  return colon != std::string::npos && word.substr(0, colon).find('/') == std::string::npos;
}

/// Absolute, but with the trailing "/" or "/." that says how it is meant.
std::string local_path(const std::string& word, const Arguments& arguments) {
  if (word == "-") return {};
  return word.starts_with('/') ? word : arguments.working_directory() + '/' + word;
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(Status::invalid, "usage.command", why,
              "One of source and destination is [CONTAINER]:PATH, such as :/tmp/x; the other is a "
              "path here, or - for a tar archive.");
}

CopyRequest request_of(const Arguments& arguments, const Session& session) {
  const auto source = arguments.positional(0);
  const auto target = arguments.positional(1);
  const bool into = is_inside(target);
  if (into == is_inside(source)) {
    refuse(into ? "Both source and destination are in a container."
                : "Neither source nor destination is in a container.");
  }
  const auto& inside = into ? target : source;
  const auto colon = inside.find(':');
  CopyRequest request{.selection = selection_of(arguments),
                      .inside = inside.substr(colon + 1),
                      .outside = local_path(into ? source : target, arguments),
                      .into = into};
  if (request.inside.empty()) refuse("There is no path in '" + inside + "'.");
  if (colon > 0) request.selection = {.container_id = inside.substr(0, colon)};
  if (request.outside.empty()) {
    request.stream = duplicate(into ? session.in_fd : session.out_fd);
  }
  return request;
}

/// A path here or on a host.
HostPath outside_path(const std::string& word, const Arguments& arguments) {
  if (auto there = parse_host_path(word)) return *there;
  if (word == "-" || is_inside(word)) {
    refuse("What is on a host is copied to or from a path here, or on another host.");
  }
  auto path = std::filesystem::path(local_path(word, arguments)).lexically_normal().string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return {.host = {}, .path = std::move(path)};
}

int copy_of_host(const Arguments& arguments, Session& session) {
  const auto from = outside_path(arguments.positional(0), arguments);
  const auto to = outside_path(arguments.positional(1), arguments);
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  try {
    copy_between_hosts(core, from, to, signals.token());
  } catch (const Error& error) {
    if (error.status() != Status::cancelled) throw;
    return signals.exit_code();
  }
  return 0;
}

bool is_on_host(const std::string& word) { return word.find("://") != std::string::npos; }

}  // namespace

int run_cp(const Arguments& arguments, Session& session) {
  if (is_on_host(arguments.positional(0)) || is_on_host(arguments.positional(1))) {
    return copy_of_host(arguments, session);
  }
  auto request = request_of(arguments, session);
  const bool to_terminal = !request.into && request.outside.empty() && session.out.is_terminal;
  if (to_terminal) refuse("An archive is not written to a terminal.");
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  try {
    copy(core, std::move(request), signals.token());
  } catch (const Error& error) {
    if (error.status() != Status::cancelled) throw;
    return signals.exit_code();
  }
  return 0;
}

}  // namespace fairlead::cli
