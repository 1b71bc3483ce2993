#include <fairlead/relay_wish.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <string_view>

namespace fairlead {
namespace {

constexpr std::string_view greeting = "fairlead relay 1";
constexpr std::size_t most_bytes = 4096;
constexpr char yes = 'y';
constexpr char no = 'n';

bool readable(const UniqueFd& socket, std::chrono::milliseconds limit) {
  pollfd one{socket.get(), POLLIN, 0};
  return ::poll(&one, 1, static_cast<int>(limit.count())) > 0;
}

bool send_text(const UniqueFd& socket, std::string_view text) {
  return ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(text.size());
}

/// Up to the first line feed; the rest stays.
std::string take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string line(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// A byte at a time behind the first piece would be slow, and nothing follows the wish before its
/// answer: so whatever is there belongs to it.
std::string hear_text(const UniqueFd& socket, std::chrono::milliseconds limit) {
  std::string text;
  std::array<char, most_bytes> piece;
  while (!text.ends_with("\n\n") && text.size() < most_bytes && readable(socket, limit)) {
    const auto got = ::recv(socket.get(), piece.data(), piece.size(), 0);
    if (got <= 0) return {};
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return text.ends_with("\n\n") ? text : std::string();
}

}  // namespace

bool ask_for_relay(const UniqueFd& socket, const RelayWish& wish, std::chrono::milliseconds limit) {
  const auto words = wish.backend + wish.instance + wish.user;
  if (words.find('\n') != std::string::npos || words.size() > most_bytes / 2) return false;
  const auto text = std::string(greeting) + '\n' + wish.backend + '\n' + wish.instance + '\n' +
                    wish.user + "\n\n";
  if (!send_text(socket, text) || !readable(socket, limit)) return false;
  char answer = no;
  return ::recv(socket.get(), &answer, 1, 0) == 1 && answer == yes;
}

std::optional<RelayWish> hear_relay_wish(const UniqueFd& socket, std::chrono::milliseconds limit) {
  const auto text = hear_text(socket, limit);
  std::string_view rest = text;
  if (take_line(rest) != greeting) return std::nullopt;
  RelayWish wish;
  wish.backend = take_line(rest);
  wish.instance = take_line(rest);
  wish.user = take_line(rest);
  if (rest != "\n") return std::nullopt;
  return wish;
}

bool answer_relay_wish(const UniqueFd& socket, bool granted) {
  return send_text(socket, std::string_view(granted ? &yes : &no, 1));
}

}  // namespace fairlead
