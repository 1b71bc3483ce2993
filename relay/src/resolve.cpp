#include "resolve.hpp"

#include "files.hpp"

#include <fairlead/relay/sys.hpp>

#include <errno.h>

#include <array>

namespace fairlead::relay {
namespace {

constexpr std::size_t most_file = 65536;
constexpr std::size_t most_tries = 2;
constexpr int answer_limit_ms = 3000;
constexpr std::uint16_t type_a = 1;
constexpr std::uint16_t type_aaaa = 28;
constexpr std::size_t most_name = 253;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' || line[i] == ';') return line.substr(0, i);
  }
  return line;
}

void find_in_hosts(std::string_view name, std::uint16_t port, std::vector<Address>& found) {
  const auto file = read_file("/etc/hosts", most_file);
  for (auto text = view(file); !text.empty();) {
    auto line = without_comment(take_line(text));
    std::array<std::uint8_t, 4> bytes;
    if (!parse_v4(take_word(line), bytes.data())) continue;
    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
      if (same_name(word, name)) found.push_back(Address::v4(bytes.data(), port));
    }
  }
}

struct Configuration {
  std::vector<Address> servers;
  std::vector<Text> domains;
};

Configuration read_configuration() {
  Configuration read;
  const auto file = read_file("/etc/resolv.conf", most_file);
  for (auto text = view(file); !text.empty();) {
    auto line = without_comment(take_line(text));
    const auto keyword = take_word(line);
    std::array<std::uint8_t, 4> bytes;
    if (keyword == "nameserver" && parse_v4(take_word(line), bytes.data())) {
      read.servers.push_back(Address::v4(bytes.data(), 53));
    } else if (keyword == "search" || keyword == "domain") {
      for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
        read.domains.emplace_back(word.begin(), word.end());
      }
    }
  }
  return read;
}

void put16(Text& text, std::uint16_t number) {
  text.push_back(static_cast<char>(number >> 8U));
  text.push_back(static_cast<char>(number));
}

Text question(std::uint16_t id, std::string_view name, std::uint16_t type) {
  Text text;
  put16(text, id);
  put16(text, 0x0100);  // recursion desired
  for (const int count : {1, 0, 0, 0}) put16(text, static_cast<std::uint16_t>(count));
  while (!name.empty()) {
    std::size_t size = 0;
    while (size < name.size() && name[size] != '.') ++size;
    if (size > 63) return {};
    if (size > 0) {
      text.push_back(static_cast<char>(size));
      append(text, name.substr(0, size));
    }
    name.remove_prefix(size < name.size() ? size + 1 : size);
  }
  text.push_back(0);
  put16(text, type);
  put16(text, 1);
  return text;
}

/// Reads a message from its front, never past its end.
class Answer {
 public:
  explicit Answer(std::string_view message) : rest_(message) {}
  bool ok() const { return ok_; }
  std::uint16_t u16() {
    const auto bytes = take(2);
    if (bytes.size() < 2) return 0;
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8U |
                                      static_cast<unsigned char>(bytes[1]));
  }
  std::string_view take(std::size_t size) {
    if (rest_.size() < size) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  void skip_name() {
    while (ok_) {
      const auto bytes = take(1);
      if (bytes.empty() || bytes[0] == 0) return;
      const auto size = static_cast<unsigned char>(bytes[0]);
      if (size >= 0xc0) {
        take(1);
        return;
      }
      take(size);
    }
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

bool is_localhost(std::string_view name) {
  constexpr std::string_view suffix = ".localhost";
  return same_name(name, "localhost") ||
         (name.size() > suffix.size() &&
          same_name(name.substr(name.size() - suffix.size()), suffix));
}

}  // namespace

bool parse_v4(std::string_view text, std::uint8_t* bytes) {
  for (int i = 0; i < 4; ++i) {
    const auto before = text.size();
    const auto number = take_number(text);
    if (before == text.size() || before - text.size() > 3 || number > 255) return false;
    bytes[i] = static_cast<std::uint8_t>(number);
    if (i == 3) break;
    if (text.empty() || text.front() != '.') return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

bool parse_dns_answer(std::string_view message, std::uint16_t id, std::uint16_t port,
                      std::vector<Address>& v4, std::vector<Address>& v6) {
  Answer answer(message);
  if (answer.u16() != id) return false;
  const auto flags = answer.u16();
  const int questions = answer.u16();
  const int answers = answer.u16();
  answer.take(4);
  if (!answer.ok() || (flags & 0x8000U) == 0) return false;
  for (int i = 0; i < questions && answer.ok(); ++i) {
    answer.skip_name();
    answer.take(4);
  }
  for (int i = 0; i < answers && answer.ok(); ++i) {
    answer.skip_name();
    const auto type = answer.u16();
    answer.take(6);
    const auto data = answer.take(answer.u16());
    if (type == type_a && data.size() == 4) v4.push_back(Address::v4(data.data(), port));
    if (type == type_aaaa && data.size() == 16) v6.push_back(Address::v6(data.data(), port));
  }
  return true;
}

void NameQuery::start(std::string_view name, std::uint16_t port) {
  port_ = port;
  if (is_localhost(name)) {
    const std::array<std::uint8_t, 16> v6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const std::array<std::uint8_t, 4> v4 = {127, 0, 0, 1};
    v4_.push_back(Address::v4(v4.data(), port));
    v6_.push_back(Address::v6(v6.data(), port));
    return finish();
  }
  std::array<std::uint8_t, 4> bytes;
  if (parse_v4(name, bytes.data())) {
    v4_.push_back(Address::v4(bytes.data(), port));
    return finish();
  }
  find_in_hosts(name, port, v4_);
  if (!v4_.empty() || name.empty() || name.size() > most_name) return finish();
  auto configuration = read_configuration();
  servers_ = std::move(configuration.servers);
  names_.emplace_back(name.begin(), name.end());
  for (const auto& domain : configuration.domains) {
    if (name.size() + domain.size() >= most_name) continue;
    Text longer(name.begin(), name.end());
    longer.push_back('.');
    append(longer, view(domain));
    names_.push_back(std::move(longer));
  }
  ask();
}

/// Both kinds of addresses, of the server whose turn it is.
void NameQuery::ask() {
  stop();
  answers_ = 0;
  if (servers_.empty() || attempt_ >= servers_.size() * most_tries) return finish();
  const auto& server = servers_[attempt_++ % servers_.size()];
  std::uint16_t random = 0;
  sys::call(SYS_getrandom, sys::address(&random), sizeof random, 0);
  id_ = random;
  socket_ = sys::socket(AF_INET, SOCK_DGRAM);
  if (socket_ < 0 || sys::connect(socket_, &server.any, server.size) < 0) return finish();
  loop_.watch(socket_, EPOLLIN, *this);
  Timer::set(answer_limit_ms);
  for (const auto type : {type_a, type_aaaa}) {
    const auto text = question(id_, view(names_[next_name_]), type);
    sys::send(socket_, text.data(), text.size());
  }
}

void NameQuery::on_ready(int, std::uint32_t) {
  std::array<char, 2048> buffer;
  const long got = sys::read(socket_, buffer.data(), buffer.size());
  if (got == -EAGAIN || got == -EINTR) return;
  if (got < 0) return ask();  // nobody listens there
  const std::string_view message(buffer.data(), static_cast<std::size_t>(got));
  if (!parse_dns_answer(message, id_, port_, v4_, v6_)) return;
  if (++answers_ < 2) return;
  if (v4_.empty() && v6_.empty() && next_name_ + 1 < names_.size()) {
    ++next_name_;
    attempt_ = 0;
    return ask();
  }
  finish();
}

void NameQuery::on_timer() { ask(); }

void NameQuery::finish() {
  stop();
  auto addresses = std::move(v4_);
  addresses.insert(addresses.end(), v6_.begin(), v6_.end());
  on_resolved(addresses);
}

void NameQuery::stop() {
  Timer::clear();
  if (socket_ < 0) return;
  loop_.forget(socket_);
  sys::close(socket_);
  socket_ = -1;
}

}  // namespace fairlead::relay
