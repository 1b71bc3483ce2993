#include "lent_streams.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace fairlead::rpc {
namespace {

constexpr std::uint32_t longest = 8U << 20U;
constexpr std::size_t fd_bytes = 3 * sizeof(int);

union Control {
  cmsghdr aligned;
  std::array<char, CMSG_SPACE(fd_bytes)> bytes;
};

bool send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const auto got = ::recv(socket, bytes, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

/// The length of what follows, and with it the descriptors.
bool send_head(int socket, std::uint32_t size, const std::array<UniqueFd, 3>& streams) {
  Control control{};
  iovec piece{&size, sizeof size};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  auto* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(fd_bytes);
  const std::array<int, 3> fds{streams[0].get(), streams[1].get(), streams[2].get()};
  std::memcpy(CMSG_DATA(head), fds.data(), fd_bytes);
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof size);
}

bool receive_head(int socket, std::uint32_t& size, std::array<UniqueFd, 3>& streams) {
  Control control{};
  iovec piece{&size, sizeof size};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  if (::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL) !=
      static_cast<ssize_t>(sizeof size)) {
    return false;
  }
  const auto* head = CMSG_FIRSTHDR(&message);
  if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return false;
  std::array<int, 3> fds{-1, -1, -1};
  std::memcpy(fds.data(), CMSG_DATA(head), std::min(head->cmsg_len - CMSG_LEN(0), fd_bytes));
  for (std::size_t i = 0; i < fds.size(); ++i) streams.at(i) = UniqueFd(fds.at(i));
  return streams[2].get() >= 0 && size <= longest;
}

/// Words that each end with a zero, which none of them can hold.
std::string packed(const LentRun& run) {
  std::string text;
  const auto add = [&](const std::string& word) { (text += word) += '\0'; };
  add(run.drop_in ? "devcontainer" : "fairlead");
  add(run.working_directory);
  add(std::to_string(run.rows));
  add(std::to_string(run.columns));
  add(std::to_string(run.arguments.size()));
  for (const auto& argument : run.arguments) add(argument);
  for (const auto& [name, value] : run.environment) add(name + '=' + value);
  // Behind what servers of other versions know: they pass over a variable without a value.
  if (run.umask) add(std::to_string(*run.umask));
  return text;
}

int number_of(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool unpack(const std::string& text, LentRun& run) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    words.emplace_back(text.c_str() + at);
    at += words.back().size() + 1;
  }
  constexpr std::size_t fixed = 5;
  if (words.size() < fixed) return false;
  const auto count = static_cast<std::size_t>(number_of(words[4]));
  if (count > words.size() - fixed) return false;
  run.drop_in = words[0] == "devcontainer";
  run.working_directory = words[1];
  run.rows = number_of(words[2]);
  run.columns = number_of(words[3]);
  const auto first = words.begin() + fixed;
  const auto variables = first + static_cast<std::ptrdiff_t>(count);
  run.arguments.assign(first, variables);
  for (auto word = variables; word != words.end(); ++word) {
    const auto equals = word->find('=');
    if (equals == std::string::npos) {
      run.umask = static_cast<unsigned>(number_of(*word));
    } else {
      run.environment[word->substr(0, equals)] = word->substr(equals + 1);
    }
  }
  return run.working_directory.starts_with('/');
}

}  // namespace

bool send_run(int socket, const LentRun& run) {
  const auto text = packed(run);
  return text.size() <= longest &&
         send_head(socket, static_cast<std::uint32_t>(text.size()), run.streams) &&
         send_all(socket, text.data(), text.size());
}

std::optional<LentRun> receive_run(int socket) {
  LentRun run;
  std::uint32_t size = 0;
  if (!receive_head(socket, size, run.streams)) return std::nullopt;
  std::string text(size, '\0');
  if (!receive_all(socket, text.data(), size) || !unpack(text, run)) return std::nullopt;
  return run;
}

bool send_note(int socket, LentNote note) {
  std::array<char, 5> bytes{note.kind};
  std::memcpy(bytes.data() + 1, &note.number, sizeof note.number);
  return send_all(socket, bytes.data(), bytes.size());
}

std::optional<LentNote> receive_note(int socket) {
  std::array<char, 5> bytes{};
  if (!receive_all(socket, bytes.data(), bytes.size())) return std::nullopt;
  LentNote note{bytes[0], 0};
  std::memcpy(&note.number, bytes.data() + 1, sizeof note.number);
  return note;
}

}  // namespace fairlead::rpc
