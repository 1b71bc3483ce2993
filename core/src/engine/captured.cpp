#include "engine/captured.hpp"

#include "base/memory_file.hpp"
#include "base/pipe.hpp"

namespace fairlead {

Captured run_captured_on(Host& host, SpawnRequest request, std::stop_token stop,
                         CapturedStreams streams) {
  Captured result;
  auto out = make_pipe();
  auto err = make_pipe();
  CallOptions options{.stop = std::move(stop)};
  if (streams.in) request.in = options.pass(std::move(streams.in));
  if (streams.out) out.write_end = std::move(streams.out);
  request.out = options.pass(std::move(out.write_end));
  request.err = options.pass(std::move(err.write_end));
  {  // what they have read is complete when they have ended
    const PipeReader said(std::move(out.read_end),
                          [&](std::string_view piece) { result.out += piece; });
    const PipeReader faults(std::move(err.read_end),
                            [&](std::string_view piece) { result.err += piece; });
    result.exit_code = host.spawn(request, std::move(options)).exit_code;
  }
  return result;
}

Captured run_captured_on(Host& host, SpawnRequest request, std::stop_token stop,
                         std::string_view input) {
  return run_captured_on(
      host, std::move(request), std::move(stop),
      CapturedStreams{.in = input.empty() ? UniqueFd() : memory_file(input), .out = {}});
}

}  // namespace fairlead
