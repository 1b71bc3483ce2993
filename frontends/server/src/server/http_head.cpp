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

/// Of the connection to us, not of what is asked.
bool of_the_connection(http::field name) {
  return name == http::field::connection || name == http::field::keep_alive ||
         name == http::field::proxy_connection;
}

std::string text_of(const http::request<http::empty_body>& request, const HttpHead& head) {
  std::ostringstream text;
  text << request.method_string() << ' ' << request.target() << " HTTP/1." << request.version() % 10
       << "\r\n";
  for (const auto& field : request.base()) {
    if (of_the_connection(field.name()) && !head.may_change) continue;
    text << field.name_string() << ": " << field.value() << "\r\n";
  }
  const bool usual = head.keep == (request.version() >= 11);
  if (!head.may_change && !usual)
    text << "Connection: " << (head.keep ? "keep-alive" : "close") << "\r\n";
  text << "\r\n";
  return text.str();
}

template <class Parser>
HeadState parse(Parser& parser, std::string_view text, std::size_t& size) {
  parser.header_limit(most_bytes);
  parser.body_limit(boost::none);  // what follows only passes through
  boost::beast::error_code error;
  size = parser.put(boost::asio::buffer(text.data(), text.size()), error);
  if (error == http::error::need_more) {
    return text.size() < most_bytes ? HeadState::incomplete : HeadState::faulty;
  }
  // What follows the head is not looked at: "unexpected body" is no fault of it.
  if (error && !parser.is_header_done()) return HeadState::faulty;
  return parser.is_header_done() ? HeadState::complete : HeadState::incomplete;
}

template <class Parser>
BodyKind body_of(const Parser& parser, BodyKind::End otherwise) {
  if (parser.chunked()) return {BodyKind::End::by_chunks};
  if (const auto length = parser.content_length()) return {BodyKind::End::after_bytes, *length};
  return {otherwise};
}

}  // namespace

HeadState read_head(std::string_view text, HttpHead& head) {
  http::request_parser<http::empty_body> parser;
  if (const auto state = parse(parser, text, head.size); state != HeadState::complete) return state;
  const auto& request = parser.get();
  const bool coded = request.count(http::field::transfer_encoding) > 0;
  if (coded && !parser.chunked()) return HeadState::faulty;  // nobody knows where it ends
  if (request.count(http::field::host) == 1) {
    const auto host = request[http::field::host];
    head.host.assign(host.data(), host.size());
  }
  head.body = body_of(parser, BodyKind::End::at_once);
  head.keep = request.keep_alive();
  head.asks_head = request.method() == http::verb::head;
  head.may_change = changes_protocol(request.base());
  head.passed = text_of(request, head);
  return HeadState::complete;
}

HeadState read_answer(std::string_view text, bool asks_head, HttpAnswer& answer) {
  http::response_parser<http::empty_body> parser;
  if (const auto state = parse(parser, text, answer.size); state != HeadState::complete)
    return state;
  const auto& response = parser.get();
  constexpr int no_content = 204;
  constexpr int not_modified = 304;
  answer.status = static_cast<int>(response.result_int());
  const bool empty = asks_head || answer.status < 200 || answer.status == no_content ||
                     answer.status == not_modified;
  answer.body = empty ? BodyKind{} : body_of(parser, BodyKind::End::with_connection);
  answer.keep = response.keep_alive() && answer.body.end != BodyKind::End::with_connection;
  return HeadState::complete;
}

}  // namespace fairlead::server
