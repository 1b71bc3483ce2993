#pragma once

#include <fairlead/ports.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fairlead::server {

/// Where a forward is opened: "http://localhost:8080/", with https where its protocol says so.
std::string url_of(const ForwardInfo& forward);

/// The command that opens `url` for a user with this environment: $BROWSER, else xdg-open where
/// there is a display; nothing: there is no browser. The words of $BROWSER are split at blanks, and
/// "%s" stands for the address. Pure.
std::optional<std::vector<std::string>> browser_command(const Environment& environment,
                                                        const std::string& url);

/// Whether onAutoForward wants a browser now. PORT-011.
bool wants_browser(const PortEvent& event);

/// Opens it if so, without waiting.
void show_in_browser(const PortEvent& event, const Environment& environment);

}  // namespace fairlead::server
