#pragma once

#include <fairlead/engine/endpoint.hpp>
#include <fairlead/sdk/call.hpp>
#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <cstddef>
#include <memory>

namespace fairlead::engine {

/// One connection to an engine: plain or TLS bytes over a socket that never blocks. One thread at a
/// time. Every failure of the connection is Error(unavailable, "engine.gone").
class Transport {
 public:
  virtual ~Transport() = default;

  /// What to poll.
  virtual int fd() const noexcept = 0;
  /// How many bytes were read; 0: the peer has ended its side; -1: nothing there now.
  virtual ssize_t try_read(char* data, std::size_t size) = 0;
  /// How many bytes were taken; -1: none can be taken now.
  virtual ssize_t try_write(const char* data, std::size_t size) = 0;
  /// Bytes were received already that poll will not announce.
  virtual bool pending() const noexcept { return false; }
  /// Ends our side; the peer's goes on.
  virtual void close_write() = 0;
};

/// Plain bytes over `socket`.
std::unique_ptr<Transport> plain_transport(UniqueFd socket);

/// TLS over `socket`; loads OpenSSL's part of this library on first use, so that the others do not
/// pay for it. Verifies the certificate against `host` as the endpoint says. Throws
/// Error(unavailable, "engine.tls").
std::unique_ptr<Transport> tls_transport(UniqueFd socket, const Endpoint& endpoint,
                                         const sdk::Call& call);

/// Waits until `fd` is ready for `events`. Throws Error(cancelled) when `call` is.
void wait_for(int fd, short events, const sdk::Call& call);

/// Blocking forms of the above; both end with Error(cancelled) when `call` is.
std::size_t read_some(Transport& transport, char* data, std::size_t size, const sdk::Call& call);
void write_all(Transport& transport, const char* data, std::size_t size, const sdk::Call& call);

/// Error(unavailable, "engine.gone"): the connection ended in the middle.
[[noreturn]] void throw_gone(const std::string& why);

}  // namespace fairlead::engine
