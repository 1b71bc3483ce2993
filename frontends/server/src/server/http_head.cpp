#include "server/http_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/none.hpp>

#include <sstream>

namespace fairlead::server {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t most_bytes = 64 * 1024;

bool changes_protocol(const http::fields& fields) {
  return http::token_list(fields[http::field::connection]).exists("upgrade") &&
         fields.count(http::field::upgrade) > 0;
}

std::string text_of(const http::request<http::empty_body>& request) {
  std::ostringstream text;
  const bool tunnel = changes_protocol(request.base());
  text << request.method_string() << ' ' << request.target() << " HTTP/1." << request.version() % 10
       << "\r\n";
  for (const auto& field : request.base()) {
    const bool of_the_connection = field.name() == http::field::connection ||
                                   field.name() == http::field::keep_alive ||
                                   field.name() == http::field::proxy_connection;
    if (of_the_connection && !tunnel) continue;
    text << field.name_string() << ": " << field.value() << "\r\n";
  }
  if (!tunnel) text << "Connection: close\r\n";
  text << "\r\n";
  return text.str();
}

}  // namespace

HeadState read_head(std::string_view text, HttpHead& head) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(most_bytes);
  parser.body_limit(boost::none);  // what follows only passes through
  boost::beast::error_code error;
  const auto size = parser.put(boost::asio::buffer(text.data(), text.size()), error);
  if (error == http::error::need_more) {
    return text.size() < most_bytes ? HeadState::incomplete : HeadState::faulty;
  }
  // What follows the head is not looked at: "unexpected body" is no fault of
  // it.
  if (error && !parser.is_header_done()) return HeadState::faulty;
  if (!parser.is_header_done()) return HeadState::incomplete;
  const auto& request = parser.get();
  if (request.count(http::field::host) == 1) {
    const auto host = request[http::field::host];
    head.host.assign(host.data(), host.size());
  }
  head.size = size;
  head.passed = text_of(request);
  return HeadState::complete;
}

}  // namespace fairlead::server
