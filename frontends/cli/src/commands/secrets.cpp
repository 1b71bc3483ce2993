#include "commands/secrets.hpp"

#include "commands/trust_prompt.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <iterator>

namespace fairlead::cli {
namespace {

/// What is typed is not shown until it goes out of scope.
class QuietTerminal {
 public:
  explicit QuietTerminal(int fd) : fd_(fd) {
    ::tcgetattr(fd_, &before_);
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd_, TCSANOW, &quiet);
  }
  ~QuietTerminal() { ::tcsetattr(fd_, TCSANOW, &before_); }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  int fd_;
  termios before_{};
};

std::string typed_line(int fd, const std::stop_token& stop) {
  std::string line;
  while (!stop.stop_requested()) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 100) <= 0) continue;
    char letter = 0;
    if (::read(fd, &letter, 1) <= 0 || letter == '\n') break;
    line += letter;
  }
  return line;
}

std::string ask_for(const SecretDeclaration& secret, const Session& session,
                    const std::stop_token& stop) {
  std::string question = secret.name;
  if (!secret.description.empty()) question += " (" + secret.description + ')';
  if (!secret.documentation_url.empty()) question += "\n  see " + secret.documentation_url + '\n';
  const QuietTerminal quiet(
      session.in_fd);  // before the question: somebody may answer at its first word
  session.write_err(question + ": ");
  auto value = typed_line(session.in_fd, stop);
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
  const auto questions = questions_of(arguments);
  const bool can_ask =
      questions ? questions->answers(Questions::Kind::secret)
                : session.in.is_terminal && session.err.is_terminal && !arguments.flag("json");
  if (!can_ask) return secrets;
  Environment typed;
  for (const auto& secret : without(missing, secrets)) {
    auto value = questions ? questions->secret(secret, stop) : ask_for(secret, session, stop);
    if (!value.empty()) typed[secret.name] = std::move(value);
  }
  core.add_secrets(typed);
  secrets.merge(typed);
  return secrets;
}

}  // namespace fairlead::cli
