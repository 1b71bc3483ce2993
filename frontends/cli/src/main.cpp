#include "askpass.hpp"
#include "dispatch.hpp"
#include "guests.hpp"
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

/// The background process neither ends nor serves itself.
bool runs_here(const std::vector<std::string>& arguments) {
  return !arguments.empty() && (arguments.front() == "background" || arguments.front() == "serve");
}

bool is_askpass(const std::string& program) {
  return program.substr(program.rfind('/') + 1) == fairlead::rpc::askpass_name;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 0 && is_askpass(argv[0])) {
    return fairlead::rpc::run_askpass(argv[0], argc > 1 ? argv[1] : "");
  }
  fairlead::report_plugin_crashes();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  fairlead::cli::Session session = fairlead::cli::make_session(argc > 0 ? argv[0] : "fairlead");
  session.serve = fairlead::rpc::serve;
  session.guests = fairlead::rpc::guests;
  if (!arguments.empty() && arguments.front() == "--server") {
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (runs_here(rest)) return run(rest, session);
    try {
      return fairlead::rpc::run_by_server(rest, session);
    } catch (const fairlead::Error& error) {
      return fairlead::cli::report_error(error, {}, session);
    }
  }
  return run(arguments, session);
}
