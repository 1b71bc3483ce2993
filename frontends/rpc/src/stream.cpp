#include "stream.hpp"

#include "framing.hpp"

#include <fairlead/sdk/no_sigpipe.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace fairlead::rpc {
namespace {

constexpr int slice_ms = 200;
constexpr std::size_t piece = 4096;  // what a pipe that polls writable takes without blocking

bool write_all(int fd, std::string_view bytes, const std::stop_token& stop) {
  const sdk::NoSigpipe quiet;
  while (!bytes.empty()) {
    pollfd ready{.fd = fd, .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, slice_ms) <= 0) {
      if (stop.stop_requested()) return false;
      continue;
    }
    const auto written = ::write(fd, bytes.data(), std::min(bytes.size(), piece));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void read_all(int fd, Connection& connection, const std::stop_token& stop) {
  FrameReader frames;
  std::array<char, 65536> buffer{};
  while (!stop.stop_requested()) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, slice_ms) <= 0) continue;
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    frames.append({buffer.data(), static_cast<std::size_t>(count)});
    while (const auto message = frames.next()) {
      connection.wait_for_room(stop);
      if (stop.stop_requested()) return;
      connection.take(*message);
      if (connection.exited()) return;
    }
  }
}

}  // namespace

bool serve_stream(UniqueFd in, UniqueFd out, ConnectionOptions options,
                  const std::stop_token& stop) {
  const auto shared = std::make_shared<UniqueFd>(std::move(out));
  Connection connection(
      [shared](std::string_view message, const std::stop_token& end) {
        return write_all(shared->get(), frame(message), end);
      },
      std::move(options));
  try {
    read_all(in.get(), connection, stop);
  } catch (const Error& error) {
    connection.refuse(error);
  }
  connection.end(/*cancel=*/stop.stop_requested());
  return connection.ended_in_order();
}

}  // namespace fairlead::rpc
