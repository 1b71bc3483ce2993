#pragma once

#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <optional>
#include <string>

/// How programs borrow a relay that another process keeps: over a Unix socket in the user's runtime
/// folder. The one who borrows says which, gets one byte for an answer, and then speaks the relay's
/// own protocol with a relay of his own. docs/relay-protocol.md.
namespace fairlead {

/// The relay's socket in a runtime folder.
inline constexpr auto relay_socket_name = "relay.sock";

/// Whose relay.
struct RelayWish {
  std::string backend;
  std::string instance;
  std::string user;

  bool operator==(const RelayWish&) const = default;
};

/// Asks at a connected socket. True: from here on the other end is a relay. Waits at most `limit`
/// for each of both directions; never throws.
bool ask_for_relay(const UniqueFd& socket, const RelayWish& wish, std::chrono::milliseconds limit);

/// What somebody asks at the other end; nothing: nonsense, or nothing in time.
std::optional<RelayWish> hear_relay_wish(const UniqueFd& socket, std::chrono::milliseconds limit);

/// Answers. False: nobody hears it.
bool answer_relay_wish(const UniqueFd& socket, bool granted);

}  // namespace fairlead
