#include "engine/captured.hpp"

#include "base/memory_file.hpp"
#include "base/pipe.hpp"

namespace fairlead {

Captured run_captured_on(Host& host, SpawnRequest request, std::stop_token stop,
                         std::string_view input) {
  Captured result;
  auto out = make_pipe();
  auto err = make_pipe();
  CallOptions options{.stop = std::move(stop)};
  if (!input.empty()) request.in = options.pass(memory_file(input));
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

}  // namespace fairlead
