#pragma once

#include "client.hpp"
#include "peer.hpp"

#include <fairlead/unique_fd.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace fairlead::rpc {

/// The name under which our program asks for a password on behalf of ssh or git.
inline constexpr std::string_view askpass_name = "fairlead-askpass";

/// Passwords and host keys that ssh and git ask for become questions to a client: they start a
/// program that finds us by a socket beside it, in a folder that is the user's own and is gone with
/// this.
class Askpass {
 public:
  /// `executable` is this program; the folder is made below `runtime`. Throws "server.socket".
  Askpass(const std::string& executable, const std::string& runtime);
  ~Askpass();
  Askpass(const Askpass&) = delete;
  Askpass& operator=(const Askpass&) = delete;

  /// What ssh and git find it by, laid over `environment`; who names a program already keeps it.
  Environment add_to(Environment environment) const;

  /// From now on questions are asked.
  void serve(std::shared_ptr<const Client> client, std::shared_ptr<Peer> peer);

 private:
  std::string folder_;
  UniqueFd listener_;
  std::jthread thread_;  ///< last: uses the rest
};

/// The other half, the program that ssh starts: `program` is its own path, `prompt` what ssh wants
/// to know. Prints the answer; 1: there is none.
int run_askpass(const std::string& program, const std::string& prompt);

}  // namespace fairlead::rpc
