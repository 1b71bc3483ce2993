#include "commands/trust_prompt.hpp"

#include <poll.h>
#include <unistd.h>

namespace fairlead::cli {
namespace {

/// Signals arrive on a thread of their own and interrupt nothing: the stop token is looked at.
constexpr int slice_ms = 100;

}  // namespace

bool read_yes(int fd, const std::stop_token& stop) {
  std::string line;
  while (!stop.stop_requested()) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, slice_ms) <= 0) continue;
    char c = 0;
    if (::read(fd, &c, 1) != 1) return false;
    if (c == '\n') return line == "y" || line == "Y" || line == "yes";
    line += c;
  }
  return false;
}

std::function<bool(const TrustQuestion&, std::stop_token)> trust_prompt(const Arguments& arguments,
                                                                        const Session& session) {
  if (arguments.caller() != nullptr) return arguments.caller()->ask_trust;
  if (!session.in.is_terminal || !session.err.is_terminal) return {};
  return [&session](const TrustQuestion& question, std::stop_token stop) {
    std::string text = "The workspace " + question.workspace + " wants to:\n";
    for (const auto& wish : question.wishes) text += "  " + wish + '\n';
    session.write_err(text + "Allow this, now and until it changes? [y/N] ");
    return read_yes(STDIN_FILENO, stop);
  };
}

}  // namespace fairlead::cli
