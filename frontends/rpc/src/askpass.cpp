#include "askpass.hpp"

#include "client_questions.hpp"
#include "json_text.hpp"
#include "message.hpp"

#include <fairlead/error.hpp>

#include <poll.h>
#include <server/place.hpp>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <list>
#include <system_error>

namespace fairlead::rpc {
namespace {

constexpr const char* socket_name = "socket";
constexpr std::size_t longest = 64 * 1024;
constexpr int round_ms = 200;
constexpr int look_ms = 20;

server::Place place_in(const std::string& folder) { return {.runtime = folder, .state = folder}; }

/// Nobody else may change what is in it: ssh runs a program of it.
void make_private(const std::string& runtime) {
  std::error_code made;
  std::filesystem::create_directories(std::filesystem::path(runtime).parent_path(), made);
  ::mkdir(runtime.c_str(), S_IRWXU);
  struct stat info {};
  const bool there = ::lstat(runtime.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  if (there && info.st_uid == ::geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) return;
  throw Error(Status::denied, "server.socket",
              "'" + runtime + "' belongs to somebody else, or others may write to it.",
              "Remove it, or set XDG_RUNTIME_DIR to a folder of your own.");
}

std::string make_folder(const std::string& runtime) {
  make_private(runtime);
  auto folder = runtime + "/ask-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    throw Error(Status::failed, "server.socket",
                "No folder in '" + runtime + "': " + std::strerror(errno));
  }
  return folder;
}

/// Until the other end has said everything.
std::string read_all(const UniqueFd& fd, const std::stop_token& stop) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() < longest && !stop.stop_requested()) {
    pollfd ready{.fd = fd.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, round_ms) <= 0) continue;
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

void write_all(const UniqueFd& fd, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// ssh says how a yes or no is to be answered; everything else is a password or a passphrase.
bool is_about_a_key(const std::string& prompt) {
  return prompt.find("(yes/no") != std::string::npos;
}

/// "+answer", or "" for none.
std::string answer_to(const std::string& prompt, const Client& client, Peer& peer,
                      const std::stop_token& stop) {
  const bool key = is_about_a_key(prompt);
  if (!client.answers.contains(key ? "hostKey" : "password")) return {};
  const auto message = R"("message":)" + cli::json_string(prompt);
  if (key) {
    const auto answer = ask_client(client, peer, "hostKey", message, R"({"accept":false})", stop);
    return flag_member(answer, "accept") ? "+yes" : "+no";
  }
  const auto answer = ask_client(client, peer, "password", message, R"({"value":null})", stop);
  return member_text(answer, "value").starts_with('"') ? '+' + string_member(answer, "value")
                                                       : std::string();
}

/// As above; taken back when whoever asked has ended.
std::string answer_while_wanted(const UniqueFd& asking, const Client& client, Peer& peer,
                                const std::stop_token& stop) {
  const auto prompt = read_all(asking, stop);
  std::stop_source given_up;
  const std::stop_callback ending(stop, [&] { given_up.request_stop(); });
  const std::jthread watching([&](const std::stop_token& answered) {
    while (!answered.stop_requested()) {
      pollfd gone{.fd = asking.get(), .events = 0, .revents = 0};  // POLLHUP is always told
      if (::poll(&gone, 1, look_ms) <= 0) continue;
      given_up.request_stop();
      return;
    }
  });
  return answer_to(prompt, client, peer, given_up.get_token());
}

/// One at a time: a person answers one question after the other.
void answer_all(int listener, const Client& client, Peer& peer, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd ready{.fd = listener, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, round_ms) <= 0) continue;
    const UniqueFd asking(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!asking || !server::is_own_user(asking)) continue;
    write_all(asking, answer_while_wanted(asking, client, peer, stop));
  }
}

}  // namespace

Askpass::Askpass(const std::string& executable, const std::string& runtime)
    : folder_(make_folder(runtime)), listener_(server::listen_at(place_in(folder_), socket_name)) {
  const auto link = folder_ + '/' + std::string(askpass_name);
  if (::symlink(executable.c_str(), link.c_str()) != 0) {
    throw Error(Status::failed, "server.socket", "No link '" + link + "'.");
  }
}

Askpass::~Askpass() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  std::error_code gone;
  std::filesystem::remove_all(folder_, gone);
}

Environment Askpass::add_to(Environment environment) const {
  const auto program = folder_ + '/' + std::string(askpass_name);
  if (environment.try_emplace("SSH_ASKPASS", program).second)
    environment["SSH_ASKPASS_REQUIRE"] = "force";
  environment.try_emplace("GIT_ASKPASS", program);
  return environment;
}

void Askpass::serve(std::shared_ptr<const Client> client, std::shared_ptr<Peer> peer) {
  thread_ = std::jthread([listener = listener_.get(), client = std::move(client),
                          peer = std::move(peer)](const std::stop_token& stop) {
    answer_all(listener, *client, *peer, stop);
  });
}

int run_askpass(const std::string& program, const std::string& prompt) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // ssh has ended: nobody wants the answer
  const auto folder = program.substr(0, program.rfind('/'));
  const auto socket = server::connect_to(place_in(folder), socket_name);
  if (!socket) return 1;
  write_all(socket, prompt);
  ::shutdown(socket.get(), SHUT_WR);
  const auto answer = read_all(socket, {});
  if (!answer.starts_with('+')) return 1;
  std::fputs((answer.substr(1) + '\n').c_str(), stdout);
  return 0;
}

}  // namespace fairlead::rpc
