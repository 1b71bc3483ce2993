#include "dispatch.hpp"
#include "run_by_server.hpp"
#include "serve.hpp"

#include <fairlead/error.hpp>
#include <fairlead/plugins.hpp>

#include <exception>
#include <string>
#include <vector>

namespace {

int run(const std::vector<std::string>& arguments, fairlead::cli::Session& session) {
  const fairlead::cli::Parsed parsed = fairlead::cli::parse_arguments(arguments, session.mode);
  try {
    return fairlead::cli::dispatch(parsed, session);
  } catch (const fairlead::Error& error) {
    return fairlead::cli::report_error(error, parsed.arguments, session);
  } catch (const std::exception& error) {
    const fairlead::Error unexpected(
        fairlead::Status::internal, "internal.unexpected", error.what(),
        "this is a fault in fairlead; please report it with the command line");
    return fairlead::cli::report_error(unexpected, parsed.arguments, session);
  }
}

}  // namespace

int main(int argc, char** argv) {
  fairlead::report_plugin_crashes();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  fairlead::cli::Session session = fairlead::cli::make_session(argc > 0 ? argv[0] : "fairlead");
  session.serve = fairlead::rpc::serve;
  if (!arguments.empty() && arguments.front() == "--server") {
    try {
      return fairlead::rpc::run_by_server({arguments.begin() + 1, arguments.end()}, session);
    } catch (const fairlead::Error& error) {
      return fairlead::cli::report_error(error, {}, session);
    }
  }
  return run(arguments, session);
}
