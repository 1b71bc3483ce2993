#include "commands/secrets.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <iterator>

namespace fairlead::cli {
namespace {

/// What is typed is not shown until it goes out of scope.
class QuietTerminal {
 public:
  QuietTerminal() {
    ::tcgetattr(STDIN_FILENO, &before_);
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  ~QuietTerminal() { ::tcsetattr(STDIN_FILENO, TCSANOW, &before_); }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  termios before_{};
};

std::string typed_line(const std::stop_token& stop) {
  std::string line;
  while (!stop.stop_requested()) {
    pollfd ready{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 100) <= 0) continue;
    char letter = 0;
    if (::read(STDIN_FILENO, &letter, 1) <= 0 || letter == '\n') break;
    line += letter;
  }
  return line;
}

std::string ask_for(const SecretDeclaration& secret, const Session& session,
                    const std::stop_token& stop) {
  std::string question = secret.name;
  if (!secret.description.empty()) question += " (" + secret.description + ')';
  if (!secret.documentation_url.empty()) question += "\n  see " + secret.documentation_url + '\n';
  const QuietTerminal quiet;  // before the question: somebody may answer at its first word
  session.write_err(question + ": ");
  auto value = typed_line(stop);
  session.write_err("\n");
  return value;
}

std::vector<SecretDeclaration> without(const std::vector<SecretDeclaration>& declared,
                                       const Environment& known) {
  std::vector<SecretDeclaration> missing;
  for (const auto& secret : declared) {
    if (!known.contains(secret.name)) missing.push_back(secret);
  }
  return missing;
}

}  // namespace

Environment gather_secrets(Core& core, const Arguments& arguments, const Session& session,
                           const Selection& selection, std::stop_token stop) {
  Environment secrets;
  if (const auto file = arguments.text_if("secrets-file")) secrets = read_secrets(core, *file);
  const bool none_needed = arguments.flag("skip-post-create") || arguments.flag("prebuild");
  if (arguments.mode() == Mode::drop_in || none_needed) return secrets;
  const auto missing = without(declared_secrets(core, selection), secrets);
  secrets.merge(find_secrets(core, selection, missing, stop));
  const bool can_ask = session.in.is_terminal && session.err.is_terminal;
  if (!can_ask || arguments.flag("json")) return secrets;
  Environment typed;
  for (const auto& secret : without(missing, secrets)) {
    if (auto value = ask_for(secret, session, stop); !value.empty()) typed[secret.name] = value;
  }
  core.add_secrets(typed);
  secrets.merge(typed);
  return secrets;
}

}  // namespace fairlead::cli
