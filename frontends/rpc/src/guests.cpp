#include "guests.hpp"

#include "run_for_client.hpp"
#include "stream.hpp"

#include <fcntl.h>

#include <utility>

namespace fairlead::rpc {

std::vector<server::Guest> guests(const cli::Session& session) {
  const auto executable = session.executable;
  return {{.socket_name = protocol_socket,
           .serve =
               [executable](UniqueFd client, const std::stop_token& stop) {
                 UniqueFd out(::fcntl(client.get(), F_DUPFD_CLOEXEC, 3));
                 serve_stream(std::move(client), std::move(out), {.executable = executable}, stop);
               }},
          {.socket_name = streams_socket,
           .serve = [executable](UniqueFd client, const std::stop_token& stop) {
             run_for_client(client, executable, stop);
           }}};
}

}  // namespace fairlead::rpc
