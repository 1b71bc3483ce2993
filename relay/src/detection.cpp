#include "detection.hpp"

#include "files.hpp"
#include "network.hpp"

#include <fairlead/relay/requests.hpp>
#include <fairlead/relay/sys.hpp>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead::relay {
namespace {

constexpr std::int64_t pause_ms = 150;  ///< below 250 with all that comes after it
constexpr std::int64_t share = 500;     ///< of one processor, for files
constexpr std::int64_t networks_pause_ms = 1000;
constexpr std::size_t most_command = 4096;
constexpr std::size_t piece = 16384;
constexpr std::uint64_t state_listen = 10;

/// Of processor time: that others had the processor meanwhile is no cost of ours.
std::int64_t now_us() {
  timespec time{};
  sys::call(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, sys::address(&time));
  return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/// The last process id that was given out: the last word of /proc/loadavg, which stays open.
std::uint64_t newest_process(int load) {
  std::array<char, 128> buffer;
  const long got = sys::call(SYS_pread64, load, sys::address(buffer.data()), buffer.size(), 0);
  std::string_view text(buffer.data(), static_cast<std::size_t>(std::max(got, 0L)));
  auto line = take_line(text);
  std::uint64_t last = 0;
  for (auto word = take_word(line); !word.empty(); word = take_word(line)) last = take_number(word);
  return last;
}

/// "0100007F" and its four-fold: words of 32 bits as this machine has them in memory.
bool read_address(std::string_view text, std::uint8_t* bytes, std::size_t words) {
  if (text.size() != words * 8) return false;
  for (std::size_t i = 0; i < words; ++i) {
    auto part = text.substr(i * 8, 8);
    const auto word = static_cast<std::uint32_t>(take_number(part, 16));
    __builtin_memcpy(bytes + i * 4, &word, 4);
  }
  return true;
}

/// What an engine's own name server listens on is nothing of the user's.
bool is_name_server(const std::uint8_t* address, bool ipv6) {
  constexpr std::array<std::uint8_t, 4> embedded = {127, 0, 0, 11};
  return !ipv6 && std::equal(embedded.begin(), embedded.end(), address);
}

/// "socket:[123]"; 0: something else.
std::uint64_t socket_inode(const Text& link) {
  auto text = view(link);
  constexpr std::string_view before = "socket:[";
  if (text.substr(0, before.size()) != before) return 0;
  text.remove_prefix(before.size());
  return take_number(text);
}

Text command_of(std::uint32_t pid) {
  auto text = read_file(ProcPath(pid, "/cmdline").c_str(), most_command);
  while (!text.empty() && text.back() == 0) text.pop_back();
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

}  // namespace

bool Detection::has_network(const std::vector<Network>& networks, std::uint64_t number) {
  return std::any_of(networks.begin(), networks.end(),
                     [number](const Network& network) { return network.number == number; });
}

void Detection::start() {
  stop();
  set(0);
}

void Detection::stop() {
  clear();
  for (int* fd : {&kernel_, &load_}) {
    if (*fd >= 0) sys::close(*fd);
    *fd = -1;
  }
  kernel_answers_ = true;
  known_.clear();
  networks_.clear();
  last_pid_ = 0;
  complete_ = false;
}

void Detection::on_timer() {
  look();
  set(pause_ms);
}

void Detection::look() {
  find_networks();
  const auto before = known_.size();
  for (auto& socket : known_) {
    socket.seen = has_network(networks_, socket.netns) && (socket.netns != 0 || !kernel_answers_);
  }
  if (kernel_answers_) kernel_answers_ = ask_kernel();
  if (!kernel_answers_) {
    for (auto& socket : known_) socket.seen = true;
  }
  look_at_files(Loop::now_ms());
  find_owners(before);
  for (std::size_t i = before; i < known_.size(); ++i) {
    known_[i].door = is_a_door(known_[i].pid);
    if (!known_[i].door) tell(known_[i]);
  }
  for (const auto& socket : known_) {
    if (!socket.seen && !socket.door) {
      mux_.send(FrameType::listener_removed, 0,
                PayloadWriter().u64(socket.inode).u64(socket.netns));
    }
  }
  std::erase_if(known_, [](const Socket& socket) { return !socket.seen; });
  if (!complete_) mux_.send(FrameType::listeners_complete, 0);
  complete_ = true;
}

void Detection::look_at_files(std::int64_t now) {
  for (auto& network : networks_) {
    if (now < network.due || (network.number == 0 && kernel_answers_)) continue;
    for (auto& socket : known_) socket.seen = socket.seen && socket.netns != network.number;
    const auto began = now_us();
    const bool readable = read_table(network, false) && read_table(network, true);
    network.due = now + (now_us() - began) * share / 1000;
    if (!readable) last_pid_ = 0;  // the process by which we saw it is gone
  }
}

/// False: the kernel, or what guards the container, has no such question. The older form of it is
/// answered for IPv4 and IPv6 at once; what it costs is the walk through the kernel's table, which
/// is sized for the whole machine too (0.1 ms on one of 24 GiB).
bool Detection::ask_kernel() {
  if (kernel_ < 0) {
    kernel_ = static_cast<int>(
        sys::call(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  }
  if (kernel_ < 0) return false;
  struct {
    nlmsghdr header;
    inet_diag_req question;
  } request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = TCPDIAG_GETSOCK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.question.idiag_states = 1U << state_listen;
  if (sys::write(kernel_, reinterpret_cast<const char*>(&request), sizeof request) < 0)
    return false;
  alignas(nlmsghdr) std::array<char, 16384> buffer;
  for (;;) {  // the kernel has the answer at once: nothing is waited for
    const long got = sys::read(kernel_, buffer.data(), buffer.size());
    if (got < static_cast<long>(sizeof(nlmsghdr))) return false;
    for (long at = 0; at + static_cast<long>(sizeof(nlmsghdr)) <= got;) {
      nlmsghdr header;
      __builtin_memcpy(&header, buffer.data() + at, sizeof header);
      if (header.nlmsg_type == NLMSG_DONE) return true;
      if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_len < sizeof header) return false;
      take_answer(buffer.data() + at + sizeof header, header.nlmsg_len - sizeof header);
      at += static_cast<long>((header.nlmsg_len + 3U) & ~3U);
    }
  }
}

void Detection::take_answer(const char* message, std::size_t size) {
  inet_diag_msg answer;
  if (size < sizeof answer) return;
  __builtin_memcpy(&answer, message, sizeof answer);
  Socket socket{.inode = answer.idiag_inode,
                .port = __builtin_bswap16(answer.id.idiag_sport),
                .ipv6 = answer.idiag_family == AF_INET6,
                .seen = true};
  __builtin_memcpy(socket.address, answer.id.idiag_src, socket.ipv6 ? 16 : 4);
  found(socket);
}

/// Only when there is a new process may there be a new network; and not more often than each
/// second, for a build makes hundreds of processes.
void Detection::find_networks() {
  if (load_ < 0) load_ = sys::open("/proc/loadavg", O_RDONLY);
  const auto newest = newest_process(load_);
  const auto now = Loop::now_ms();
  if (!networks_.empty() && (newest == last_pid_ || now < networks_due_)) return;
  last_pid_ = newest;
  const auto began = now_us();
  const auto before = std::exchange(networks_, {});
  networks_.push_back(before.empty() ? Network{} : before.front());
  const auto own = own_network();
  for (const auto pid : own != 0 ? numbers_in("/proc") : std::vector<std::uint32_t>{}) {
    const auto number = network_of(pid);
    if (number == 0 || number == own || has_network(networks_, number)) continue;
    networks_.push_back({number, pid, 0});
    for (const auto& old : before) {
      if (old.number == number) networks_.back().due = old.due;
    }
  }
  networks_due_ = now + std::max(networks_pause_ms, (now_us() - began) * share / 1000);
}

/// Listening sockets come first in the tables: the rest, which may be long, is not read.
bool Detection::read_table(const Network& network, bool ipv6) {
  constexpr const char* own[] = {"/proc/self/net/tcp", "/proc/self/net/tcp6"};
  const ProcPath other(network.pid, ipv6 ? "/net/tcp6" : "/net/tcp");
  const int fd = sys::open(network.pid == 0 ? own[ipv6] : other.c_str(), O_RDONLY);
  if (fd < 0) return ipv6;  // a kernel may have no IPv6
  Text rest;
  bool head = true;
  for (bool more = true; more;) {
    const auto used = rest.size();
    rest.resize(used + piece);
    const long got = sys::read(fd, rest.data() + used, piece);
    rest.resize(used + static_cast<std::size_t>(std::max(got, 0L)));
    if (got <= 0) break;
    auto text = view(rest);
    while (more && std::find(text.begin(), text.end(), '\n') != text.end()) {
      auto line = take_line(text);
      if (std::exchange(head, false)) continue;
      auto words = line;
      take_word(words), take_word(words), take_word(words);
      auto state = take_word(words);
      more = take_number(state, 16) == state_listen;
      if (more) take_line_of_table(line, network, ipv6);
    }
    rest.erase(rest.begin(), rest.end() - static_cast<std::ptrdiff_t>(text.size()));
  }
  sys::close(fd);
  return true;
}

/// "0: 0100007F:1F90 00000000:0000 0A tx:rx timer retransmits uid timeout inode ..."
void Detection::take_line_of_table(std::string_view line, const Network& network, bool ipv6) {
  take_word(line);
  auto local = take_word(line);
  for (int i = 0; i < 7; ++i) take_word(line);
  auto inode = take_word(line);
  Socket socket{.inode = take_number(inode), .netns = network.number, .ipv6 = ipv6, .seen = true};
  const std::size_t words = ipv6 ? 4 : 1;
  if (local.size() < words * 8 + 2) return;
  if (!read_address(local.substr(0, words * 8), socket.address, words)) return;
  local.remove_prefix(words * 8 + 1);
  socket.port = static_cast<std::uint16_t>(take_number(local, 16));
  found(socket);
}

void Detection::found(const Socket& socket) {
  if (is_name_server(socket.address, socket.ipv6)) return;
  if (std::find(own_.begin(), own_.end(), socket.inode) != own_.end()) return;
  const auto known = std::find_if(known_.begin(), known_.end(), [&](const Socket& other) {
    return other.inode == socket.inode && other.netns == socket.netns;
  });
  if (known != known_.end()) {
    known->seen = true;
  } else {
    known_.push_back(socket);
  }
}

/// Those of other users cannot be read, but by root.
void Detection::find_owners(std::size_t first_new) {
  auto missing = known_.size() - first_new;
  if (missing == 0) return;
  for (const auto pid : numbers_in("/proc")) {
    for (const auto fd : numbers_in(ProcPath(pid, "/fd").c_str())) {
      const auto inode = socket_inode(read_link(ProcPath(pid, "/fd/", fd).c_str()));
      if (inode == 0) continue;
      for (std::size_t i = first_new; i < known_.size(); ++i) {
        if (known_[i].inode != inode || known_[i].pid != 0) continue;
        known_[i].pid = pid;
        if (--missing == 0) return;
      }
    }
  }
}

bool Detection::is_a_door(std::uint32_t pid) {
  if (pid == 0) return false;
  const auto command = command_of(pid);
  const auto words = view(command);
  if (words.substr(words.rfind(' ') + 1) != door_word) return false;
  if (own_file_.empty()) own_file_ = read_link("/proc/self/exe");
  return !own_file_.empty() && read_link(ProcPath(pid, "/exe").c_str()) == own_file_;
}

void Detection::tell(const Socket& socket) {
  const auto command = socket.pid != 0 ? command_of(socket.pid) : Text{};
  const auto* address = reinterpret_cast<const char*>(socket.address);
  mux_.send(FrameType::listener_added, 0,
            PayloadWriter()
                .u64(socket.inode)
                .u64(socket.netns)
                .u16(socket.port)
                .u32(socket.pid)
                .text({address, socket.ipv6 ? 16U : 4U})
                .text(view(command)));
}

}  // namespace fairlead::relay
