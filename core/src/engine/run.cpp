#include "engine/run.hpp"

#include "base/pipe.hpp"

#include <fairlead/error.hpp>

#include <mutex>

namespace fairlead {
namespace {

using Sink = std::function<void(std::string_view)>;

ExecReply run(Backend& backend, const RunSpec& spec, const Sink& out, const Sink& err,
              std::stop_token stop) {
  auto out_pipe = make_pipe();
  auto err_pipe = make_pipe();
  CallOptions options{.stop = std::move(stop), .timeout = spec.timeout};
  ExecRequest request{.id = spec.instance,
                      .argv = spec.argv,
                      .env = spec.env,
                      .user = spec.user,
                      .working_directory = spec.working_directory};
  request.out = options.pass(std::move(out_pipe.write_end));
  request.err = options.pass(std::move(err_pipe.write_end));
  const PipeReader out_reader(std::move(out_pipe.read_end), out);
  const PipeReader err_reader(std::move(err_pipe.read_end), err);
  return backend.exec(request, std::move(options));
}

}  // namespace

RunResult run_captured(Backend& backend, const RunSpec& spec, std::stop_token stop) {
  RunResult result;
  try {
    result.exit_code = run(
                           backend, spec, [&](std::string_view piece) { result.out += piece; },
                           [&](std::string_view piece) { result.err += piece; }, std::move(stop))
                           .exit_code;
  } catch (const Error& error) {
    if (error.status() != Status::timeout || spec.timeout.count() == 0) throw;
    result.timed_out = true;
  }
  return result;
}

int run_streamed(Backend& backend, const RunSpec& spec, const Sink& output, std::stop_token stop) {
  std::mutex mutex;
  const Sink sink = [&](std::string_view piece) {
    const std::lock_guard lock(mutex);
    output(piece);
  };
  return run(backend, spec, sink, sink, std::move(stop)).exit_code;
}

}  // namespace fairlead
