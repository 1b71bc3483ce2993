#pragma once

#include "server/http_body.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::server {

/// The head of an HTTP/1 request, as the proxy of names needs it.
struct HttpHead {
  std::string host;         ///< of the Host header; empty: there is none, or more than one
  std::size_t size = 0;     ///< bytes of the head as it came
  std::string passed;       ///< what is said to the server
  BodyKind body;            ///< what follows it
  bool keep = false;        ///< another request may follow on the connection
  bool asks_head = false;   ///< its answer has no body
  bool may_change = false;  ///< it asks for another protocol (WebSocket)
};

/// The head of an answer.
struct HttpAnswer {
  std::size_t size = 0;  ///< bytes of the head
  int status = 0;
  BodyKind body;
  bool keep = false;  ///< another one may follow on the connection
};

enum class HeadState { incomplete, complete, faulty };

/// Reads a head from the begin of `text`. A faulty one is no HTTP/1, or is too
/// large. Pure.
HeadState read_head(std::string_view text, HttpHead& head);

/// The same of an answer to a request that `asks_head`, or does not.
HeadState read_answer(std::string_view text, bool asks_head, HttpAnswer& answer);

}  // namespace fairlead::server
