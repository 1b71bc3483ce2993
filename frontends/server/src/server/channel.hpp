#pragma once

#include "framing.hpp"

#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace fairlead::server {

/// Whole messages over a connected socket. Any thread may send; one receives.
class Channel {
 public:
  explicit Channel(UniqueFd socket) : socket_(std::move(socket)) {}

  /// False: nobody hears it any more. A peer that does not read for ten seconds is nobody.
  bool send(std::string_view text);
  /// Waits for the next message; nothing: the connection has ended, or `stop` was requested.
  /// Throws "server.protocol".
  std::optional<std::string> receive(const std::stop_token& stop);
  /// Ends the connection; the one who waits in `receive` comes back.
  void close();

 private:
  bool wait_readable(const std::stop_token& stop) const;

  UniqueFd socket_;
  std::mutex sending_;
  rpc::FrameReader frames_;
};

}  // namespace fairlead::server
