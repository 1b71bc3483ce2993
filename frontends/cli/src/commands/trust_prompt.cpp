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

std::shared_ptr<Questions> questions_of(const Arguments& arguments) {
  return arguments.caller() == nullptr ? nullptr : arguments.caller()->questions;
}

bool agrees(const Arguments& arguments, const Session& session, const std::string& question,
            const std::string& refusal, const std::stop_token& stop) {
  if (const auto questions = questions_of(arguments);
      questions && questions->answers(Questions::Kind::confirm)) {
    return questions->confirm(question, /*usual=*/false, stop);
  }
  if (!session.in.is_terminal || !session.err.is_terminal) {
    session.write_err(refusal + '\n');
    return false;
  }
  session.write_err(question + " [y/N] ");
  return read_yes(session.in_fd, stop);
}

std::function<bool(const TrustQuestion&, std::stop_token)> trust_prompt(const Arguments& arguments,
                                                                        const Session& session) {
  if (const auto questions = questions_of(arguments)) {
    if (!questions->answers(Questions::Kind::trust)) return {};
    return [questions](const TrustQuestion& question, const std::stop_token& stop) {
      return questions->allow(question, stop);
    };
  }
  if (!session.in.is_terminal || !session.err.is_terminal) return {};
  return [&session](const TrustQuestion& question, std::stop_token stop) {
    std::string text = "The workspace " + question.workspace + " wants to:\n";
    for (const auto& wish : question.wishes) text += "  " + wish + '\n';
    session.write_err(text + "Allow this, now and until it changes? [y/N] ");
    return read_yes(session.in_fd, stop);
  };
}

}  // namespace fairlead::cli
