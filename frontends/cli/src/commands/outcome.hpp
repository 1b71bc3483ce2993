#pragma once

#include "arguments.hpp"
#include "session.hpp"

#include <fairlead/engine.hpp>

#include <functional>
#include <stop_token>
#include <string>

namespace fairlead::cli {

/// The reference's member that says nothing was wrong with registry credentials.
inline constexpr std::string_view no_auth_diagnostics =
    R"("ociAuthDiagnostics":{"authLookupWouldBeBlocked":false,)"
    R"("registryRedirectWouldPreventCredentialForwarding":false,"authServerRedirect":false})";

/// What a long operation gives: as the one line of JSON and for people.
struct Outcome {
  std::string json;
  std::string text;
};

/// Runs an operation whose failure is JSON on stdout and text on stderr (reference-cli 1.3), with
/// signals as cancellation.
int run_operation(const Arguments& arguments, Session& session,
                  const std::function<Outcome(Core&, std::stop_token)>& operation);

}  // namespace fairlead::cli
