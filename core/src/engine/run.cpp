#include "engine/run.hpp"

#include "base/memory_file.hpp"
#include "base/pipe.hpp"
#include "features/shell_text.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace fairlead {
namespace {

using Sink = std::function<void(std::string_view)>;

constexpr std::string_view end_of_secrets = "fairlead-end-of-secrets";

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return c == '_' || is_letter(c) || (c >= '0' && c <= '9');
  }) && (name.front() < '0' || name.front() > '9');
}

/// Secrets go in through the standard input of a shell that sets them and becomes the command: in
/// no request, no command line, nothing that an engine would keep. SEC-004.
UniqueFd add_secrets(ExecRequest& request, const Environment& secrets) {
  std::string text;
  for (const auto& [name, value] : secrets) {
    if (is_variable_name(name)) text += "export " + name + '=' + shell_quoted(value) + '\n';
  }
  text += end_of_secrets;
  auto file = memory_file(text + '\n');
  if (!file) throw Error(Status::failed, "secrets.memory", "There is no memory for the secrets.");
  const auto script =
      "text=; while IFS= read -r line && [ \"$line\" != " + std::string(end_of_secrets) +
      " ]; do text=\"$text$line\n\"; done; eval \"$text\"; unset text line; "
      "exec \"$@\" </dev/null";
  request.argv.insert(request.argv.begin(), {"/bin/sh", "-c", script, "sh"});
  return file;
}

/// Without `err` both streams share a pipe, so that what a command says stays in its order.
ExecReply run(Backend& backend, const RunSpec& spec, const Sink& out, const Sink* err,
              std::stop_token stop) {
  auto out_pipe = make_pipe();
  auto err_pipe = err != nullptr ? make_pipe() : Pipe{};
  if (err == nullptr) {
    err_pipe.write_end = UniqueFd(::fcntl(out_pipe.write_end.get(), F_DUPFD_CLOEXEC, 0));
  }
  CallOptions options{.stop = std::move(stop), .timeout = spec.timeout};
  ExecRequest request{.id = spec.instance,
                      .argv = spec.argv,
                      .env = spec.env,
                      .user = spec.user,
                      .working_directory = spec.working_directory};
  if (!spec.secrets.empty()) request.in = options.pass(add_secrets(request, spec.secrets));
  request.out = options.pass(std::move(out_pipe.write_end));
  request.err = options.pass(std::move(err_pipe.write_end));
  const PipeReader out_reader(std::move(out_pipe.read_end), out);
  std::optional<PipeReader> err_reader;
  if (err != nullptr) err_reader.emplace(std::move(err_pipe.read_end), *err);
  return backend.exec(request, std::move(options));
}

}  // namespace

RunResult run_captured(Backend& backend, const RunSpec& spec, std::stop_token stop) {
  RunResult result;
  const Sink err = [&](std::string_view piece) { result.err += piece; };
  try {
    result.exit_code = run(
                           backend, spec, [&](std::string_view piece) { result.out += piece; },
                           &err, std::move(stop))
                           .exit_code;
  } catch (const Error& error) {
    if (error.status() != Status::timeout || spec.timeout.count() == 0) throw;
    result.timed_out = true;
  }
  return result;
}

int run_streamed(Backend& backend, const RunSpec& spec, const Sink& output, std::stop_token stop) {
  return run(backend, spec, output, nullptr, std::move(stop)).exit_code;
}

}  // namespace fairlead
