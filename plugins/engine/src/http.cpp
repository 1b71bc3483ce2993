#include <fairlead/engine/http.hpp>
#include <fairlead/error.hpp>

#include <boost/beast/http/basic_parser.hpp>
#include <poll.h>

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

namespace fairlead::engine {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

constexpr std::size_t buffer_size = 64 * 1024;

/// Beast's parser, fed by our own read loop; body bytes are handed on, never collected here.
class ResponseParser final : public http::basic_parser<false> {
 public:
  explicit ResponseParser(std::string& body) : body_(&body) {
    eager(true);
    body_limit(boost::none);
    header_limit(64 * 1024);
  }
  unsigned status() const { return status_; }

 private:
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int,
                       error_code&) override {}
  void on_response_impl(int status, beast::string_view, int, error_code&) override {
    status_ = static_cast<unsigned>(status);
  }
  void on_field_impl(http::field, beast::string_view, beast::string_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view bytes, error_code&) override {
    body_->append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code&) override {
    body_->append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  std::string* body_;
  unsigned status_ = 0;
};

std::string head_of(const HttpRequest& request, const std::string& host) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : request.headers) head += name + ": " + value + "\r\n";
  if (request.upgrade) head += "Connection: Upgrade\r\nUpgrade: tcp\r\n";
  if (request.source || !request.body.empty()) {
    head += "Content-Type: " + request.content_type + "\r\n";
  }
  if (request.source) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return head + "\r\n";
}

bool readable_now(int fd) {
  pollfd watched{fd, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

}  // namespace

struct HttpConnection::State {
  std::unique_ptr<Transport> transport;
  std::string host;
  std::string received;  ///< not parsed yet
  std::string body;      ///< parsed
  std::optional<ResponseParser> parser;
  bool handed_on = true;  ///< `body` was given out and may be overwritten
  bool broken = false;    ///< a request was left half sent
  bool upgraded = false;  ///< what comes is no HTTP any more

  bool fill(const sdk::Call& call) {
    std::array<char, buffer_size> buffer;
    const auto got = read_some(*transport, buffer.data(), buffer.size(), call);
    received.append(buffer.data(), got);
    return got > 0;
  }

  void parse() {
    error_code fault;
    while (!received.empty() && !parser->is_done()) {
      const auto used = parser->put(boost::asio::buffer(received), fault);
      received.erase(0, used);
      if (fault == http::error::need_more) return;
      if (fault) throw_gone("it sent what is not HTTP (" + fault.message() + ")");
      if (used == 0) return;
    }
  }

  void finish_at_end_of_stream() {
    error_code fault;
    broken = true;
    if (!parser->got_some()) throw_gone("it closed the connection without an answer");
    parser->put_eof(fault);
    if (fault) throw_gone("it closed the connection in the middle of an answer");
  }

  /// The server has said something, or has ended. Readable alone says less: what comes over TLS may
  /// be for TLS itself (a session ticket).
  bool heard() {
    if (!received.empty()) return true;
    if (!readable_now(transport->fd()) && !transport->pending()) return false;
    std::array<char, 4096> buffer;
    const auto got = transport->try_read(buffer.data(), buffer.size());
    if (got > 0) received.append(buffer.data(), static_cast<std::size_t>(got));
    return got >= 0;
  }

  /// False when the server has begun to answer: it will not read the rest.
  bool send_part(const char* data, std::size_t size, const sdk::Call& call) {
    while (size > 0) {
      const auto sent = transport->try_write(data, size);
      if (sent >= 0) {
        data += sent;
        size -= static_cast<std::size_t>(sent);
        continue;
      }
      wait_for(transport->fd(), POLLIN | POLLOUT, call);
      if (heard()) return false;
    }
    return true;
  }

  bool send_chunk(const char* data, std::size_t size, const sdk::Call& call) {
    std::array<char, 20> length;
    const int written = std::snprintf(length.data(), length.size(), "%zx\r\n", size);
    return send_part(length.data(), static_cast<std::size_t>(written), call) &&
           send_part(data, size, call) && send_part("\r\n", 2, call);
  }

  void send_source(const BodySource& source, const sdk::Call& call) {
    std::array<char, buffer_size> buffer;
    for (;;) {
      const auto got = source(buffer.data(), buffer.size());
      if (got == 0) break;
      if (heard() || !send_chunk(buffer.data(), got, call)) {
        broken = true;
        return;
      }
    }
    broken = !send_part("0\r\n\r\n", 5, call);
  }
};

HttpConnection::HttpConnection(std::unique_ptr<Transport> transport, std::string host)
    : state_(std::make_unique<State>()) {
  state_->transport = std::move(transport);
  state_->host = std::move(host);
}

HttpConnection::~HttpConnection() = default;

void HttpConnection::send(const HttpRequest& request, const sdk::Call& call) {
  state_->broken = true;  // until it is out whole
  state_->body.clear();
  state_->handed_on = false;
  state_->parser.emplace(state_->body);
  auto head = head_of(request, state_->host);
  if (!request.source) head += request.body;
  write_all(*state_->transport, head.data(), head.size(), call);
  state_->broken = false;
  if (!request.source) return;
  try {
    state_->send_source(request.source, call);
  } catch (const Error& error) {
    // A server that refuses closes its end at once; its reason may still be there to be read.
    if (error.code() != "engine.gone") throw;
    state_->broken = true;
  }
}

unsigned HttpConnection::read_head(const sdk::Call& call) {
  for (;;) {
    state_->parse();
    if (state_->parser->is_header_done()) {
      const auto status = state_->parser->status();
      state_->upgraded = status == 101;
      if (status == 101 || status >= 200) return status;
      state_->parser.emplace(state_->body);  // 100 Continue
      continue;
    }
    if (!state_->fill(call)) state_->finish_at_end_of_stream();
  }
}

std::string_view HttpConnection::read_body(const sdk::Call& call) {
  // What came together with the head was parsed with it and is still there.
  if (std::exchange(state_->handed_on, true)) state_->body.clear();
  while (state_->body.empty() && !state_->parser->is_done()) {
    state_->parse();
    if (!state_->body.empty() || state_->parser->is_done()) break;
    if (!state_->fill(call)) state_->finish_at_end_of_stream();
  }
  return state_->body;
}

bool HttpConnection::reusable() const {
  return !state_->broken && !state_->upgraded && state_->parser && state_->parser->is_done() &&
         state_->parser->keep_alive() && state_->received.empty();
}

bool HttpConnection::stale() const {
  try {
    return state_->heard();
  } catch (const Error&) {
    return true;
  }
}

int HttpConnection::fd() const { return state_->transport->fd(); }

std::pair<std::unique_ptr<Transport>, std::string> HttpConnection::release() {
  return {std::move(state_->transport), state_->body + state_->received};
}

}  // namespace fairlead::engine
