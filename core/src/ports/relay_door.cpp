#include "ports/relay_door.hpp"

#include "base/pipe.hpp"

#include <fairlead/relay/requests.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <utility>

namespace fairlead::ports {
namespace {

constexpr std::chrono::milliseconds step_limit{10000};

using Word = std::array<char, relay::door_word_size>;

[[noreturn]] void fail(const std::string& what) {
  throw Error(Status::unavailable, "relay.door",
              "The relay cannot be reached at the environment's address: " + what + '.',
              "Its connections go through the engine instead. Without the setting `relay_listens` "
              "this is not tried.");
}

Word new_word() {
  Word word{};
  if (::getrandom(word.data(), word.size(), 0) != static_cast<ssize_t>(word.size()))
    fail("there is no randomness");
  return word;
}

/// The port that is said there, up to the line's end.
int port_from(const UniqueFd& out) {
  std::string line;
  while (!line.ends_with('\n') && line.size() < 8) {
    pollfd one{out.get(), POLLIN, 0};
    char c = 0;
    if (::poll(&one, 1, static_cast<int>(step_limit.count())) <= 0 || ::read(out.get(), &c, 1) <= 0)
      fail("it does not listen");
    line += c;
  }
  int port = 0;
  std::from_chars(line.data(), line.data() + line.size(), port);
  if (port <= 0) fail("it does not listen");
  return port;
}

UniqueFd dial_in_time(Backend& backend, const std::string& instance, int port,
                      const std::stop_token& stop) {
  DialRequest request{.id = instance, .host = {}};
  request.port = port;
  return backend.dial(request, {.stop = stop, .timeout = step_limit});
}

}  // namespace

DoorSession::DoorSession(RelaySession& relay, Backend& backend, const std::string& instance,
                         const std::stop_token& stop) {
  const auto word = new_word();
  auto in = make_pipe();
  auto out = make_pipe();
  command_ = relay.run({.argv = {"/proc/self/exe", std::string(relay::door_word)},
                        .in = std::move(in.read_end),
                        .out = std::move(out.write_end)});
  // Less than a pipe holds.
  if (::write(in.write_end.get(), word.data(), word.size()) < 0) fail("it does not hear us");
  in.write_end.reset();
  auto stream = dial_in_time(backend, instance, port_from(out.read_end), stop);
  if (::send(stream.get(), word.data(), word.size(), MSG_NOSIGNAL) < 0) fail("it hangs up");
  UniqueFd other(::fcntl(stream.get(), F_DUPFD_CLOEXEC, 0));
  session_ = RelaySession::over(std::move(stream), std::move(other), step_limit);
}

}  // namespace fairlead::ports
