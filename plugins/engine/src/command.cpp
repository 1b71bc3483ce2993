#include <fairlead/engine/command.hpp>
#include <fairlead/error.hpp>
#include <fairlead/sdk/pipe.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

namespace fairlead::engine {
namespace {

constexpr std::size_t tail_size = 8 * 1024;

/// Reads until the end of the output, or until `done` says that the command has ended and nothing
/// more is there.
void read_output(int output, int done, const std::function<void(std::string_view)>& take) {
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    std::array<pollfd, 2> watched{{{output, POLLIN, 0}, {done, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[0].revents == 0) {
      if (watched[1].revents != 0) return;
      continue;
    }
    const auto got = ::read(output, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    take({buffer.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace

CommandResult run_command(const sdk::HostClient& host, SpawnRequest command, const sdk::Call& call,
                          const std::function<void(std::string_view)>& on_output) {
  CommandResult result;
  auto output = sdk::make_pipe();
  auto done = sdk::make_pipe();
  UniqueFd second(::fcntl(output.write.get(), F_DUPFD_CLOEXEC, 3));
  const auto take = [&](std::string_view bytes) {
    if (on_output) on_output(bytes);
    result.tail += bytes;
    if (result.tail.size() > 2 * tail_size) result.tail.erase(0, result.tail.size() - tail_size);
  };
  std::jthread reader(
      [&, out = output.read.get(), end = done.read.get()] { read_output(out, end, take); });
  struct Closer {  // before the join, also when spawn throws
    UniqueFd& fd;
    ~Closer() { fd.reset(); }
  };
  {
    const Closer closer{done.write};
    result.exit_code =
        host.spawn(std::move(command), {}, std::move(output.write), std::move(second), call);
  }
  reader.join();
  return result;
}

}  // namespace fairlead::engine
