#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::server {

/// The head of an HTTP/1 request, as the proxy of names needs it.
struct HttpHead {
  std::string host;      ///< of the Host header; empty: there is none, or more than one
  std::size_t size = 0;  ///< bytes of the head as it came
  std::string passed;    ///< what is said to the server: one request for each connection,
                         ///< unless the connection changes its protocol (WebSocket)
};

enum class HeadState { incomplete, complete, faulty };

/// Reads a head from the begin of `text`. A faulty one is no HTTP/1, or is too
/// large. Pure.
HeadState read_head(std::string_view text, HttpHead& head);

}  // namespace fairlead::server
