#include "server/browser.hpp"

#include "server/detached.hpp"

#include <sys/wait.h>

#include <sstream>

namespace fairlead::server {

std::string url_of(const ForwardInfo& forward) {
  return (forward.protocol == "https" ? "https://localhost:" : "http://localhost:") +
         std::to_string(forward.port) + '/';
}

std::optional<std::vector<std::string>> browser_command(const Environment& environment,
                                                        const std::string& url) {
  const auto variable = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  auto chosen = variable("BROWSER");
  chosen = chosen.substr(0, chosen.find(':'));  // the first of a list
  if (chosen.empty()) {
    if (variable("DISPLAY").empty() && variable("WAYLAND_DISPLAY").empty()) return std::nullopt;
    return std::vector<std::string>{"xdg-open", url};
  }
  std::vector<std::string> words;
  std::istringstream text(chosen);
  bool placed = false;
  for (std::string word; text >> word;) {
    const auto place = word.find("%s");
    if (place != std::string::npos) word.replace(place, 2, url);
    placed = placed || place != std::string::npos;
    words.push_back(std::move(word));
  }
  if (words.empty()) return std::nullopt;
  if (!placed) words.push_back(url);
  return words;
}

bool wants_browser(const PortEvent& event) {
  const auto& action = event.action;
  return action == "openBrowser" || action == "openPreview" ||
         (action == "openBrowserOnce" && event.first);
}

void show_in_browser(const PortEvent& event, const Environment& environment) {
  if (!wants_browser(event) || event.forward.port == 0) return;
  const auto command = browser_command(environment, url_of(event.forward));
  if (!command) return;
  // A shell in between: it ends at once, and the browser is nobody's child to be waited for.
  std::vector<std::string> words = {"/bin/sh", "-c", "\"$@\" &", "sh"};
  words.insert(words.end(), command->begin(), command->end());
  const auto shell = spawn_detached({.argv = words, .environment = environment});
  if (shell > 0) ::waitpid(shell, nullptr, 0);
}

}  // namespace fairlead::server
