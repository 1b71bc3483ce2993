#include "ssh_host_fixture.hpp"

#include "support/wait.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>

namespace fairlead::test {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string read_all(const UniqueFd& fd) {
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void write_all(UniqueFd fd, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const auto now = ::write(fd.get(), text.data() + sent, text.size() - sent);
    if (now <= 0) return;
    sent += static_cast<std::size_t>(now);
  }
}

class Nowhere final : public EventSink {
 public:
  void on_event(const LogEvent& /*event*/) override {}
};

}  // namespace

void SshHostTest::SetUp() {
  if (variable("FAIRLEAD_TEST_HOSTS").empty()) GTEST_SKIP() << "skipped: no remote machine";
  run_ = std::make_unique<TestRun>();
  guard_.emplace(*run_);
  sink_ = std::make_shared<Nowhere>();
  PluginSearch search;
  search.folders = {FAIRLEAD_BINARY_DIR "/lib/fairlead/plugins"};
  search.state_folder = run_->below("state").string();
  search.probe_program = FAIRLEAD_BINARY_DIR "/libexec/fairlead/fairlead-plugin-probe";
  plugins_ = std::make_unique<PluginRegistry>(search, Log(*sink_));
}

void SshHostTest::TearDown() {
  if (!guard_) return;
  plugins_.reset();
  end_masters();
  EXPECT_EQ(guard_->leaks(), std::vector<std::string>{});
}

std::shared_ptr<Host> SshHostTest::host(const std::string& name, const std::string& settings) {
  std::shared_ptr<Host> opened =
      plugins_->open_host("ssh", {.settings = settings,
                                  .environment = run_->environment(),
                                  .working_directory = run_->below("work").string()});
  opened->open({.address = "ssh://" + name}, {});
  return opened;
}

HostRun SshHostTest::run_on(Host& host, SpawnRequest request, const std::string& input,
                            CallOptions options) {
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  request.in = options.pass(std::move(in.read));
  request.out = options.pass(std::move(out.write));
  if (!request.terminal) request.err = options.pass(std::move(err.write));
  err.write.reset();
  HostRun result;
  std::thread writer([&] { write_all(std::move(in.write), input); });
  std::thread reader([&] { result.out = read_all(out.read); });
  std::thread errors([&] { result.err = read_all(err.read); });
  struct Joined {
    std::thread& one;
    std::thread& two;
    std::thread& three;
    ~Joined() {
      one.join();
      two.join();
      three.join();
    }
  };
  {
    const Joined joined{writer, reader, errors};
    result.exit_code = host.spawn(request, std::move(options)).exit_code;
  }
  return result;
}

HostRun SshHostTest::shell(Host& host, const std::string& script) {
  return run_on(host, {.argv = {"sh", "-c", script}});
}

Error SshHostTest::refusal(const std::string& name, const std::string& settings) {
  try {
    host(name, settings)->describe({});
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << name << " let us in";
  return {Status::ok, "", ""};
}

void SshHostTest::set_link(bool up) {
  const auto result =
      run({.argv = {"/bin/sh", "-c",
                    "PATH=$PATH:/usr/sbin:/sbin; exec ip link set " +
                        variable("FAIRLEAD_TEST_HOST_LINK") + (up ? " up" : " down")},
           .environment = {{"PATH", variable("PATH")}}});
  ASSERT_EQ(result.exit_code, 0) << result.text();
}

std::string SshHostTest::said_by(int port) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval patience{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return {};
  char text[64];
  const auto got = ::read(socket.get(), text, sizeof text);
  return {text, got > 0 ? static_cast<std::size_t>(got) : 0};
}

// By the name that OpenSSH gives them, which has overwritten their environment.
std::vector<std::string> SshHostTest::masters() const {
  const auto sockets = run_->below("run").string() + "/fairlead/ssh/";
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto process = entry.path().filename().string();
    if (process.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto title = read_file(entry.path() / "cmdline");
    if (title.starts_with("ssh: " + sockets) && title.find("[mux]") != std::string::npos) {
      found.push_back(process);
    }
  }
  return found;
}

bool SshHostTest::has_one_connection(Host& host) {
  return wait_until(milliseconds(60'000), [&] {
    return shell(host, "grep -ci ' [0-9A-F]*:0016 .* 01 ' /proc/net/tcp").out == "1\n";
  });
}

void SshHostTest::end_masters() const {
  const auto all_gone = [&] {
    for (const auto& process : masters()) ::kill(std::stoi(process), SIGTERM);
    return masters().empty();
  };
  EXPECT_TRUE(wait_until(milliseconds(10'000), all_gone));
  std::filesystem::remove_all(run_->below("run") / "fairlead/ssh");
}

void SshWorkspaceTest::TearDown() {
  if (there_) fairlead({"background", "--stop"});  // it would connect anew
  if (there_) shell(*there_, "rm -rf " + folder_);
  there_.reset();
  SshHostTest::TearDown();
}

void SshWorkspaceTest::enter(const std::string& account) {
  account_ = account;
  there_ = host(account);
  folder_ = (account == "root" ? "/root/" : "/home/" + account + '/') + test_run().id();
}

void SshWorkspaceTest::enter_where(const std::string& needs, const std::string& what,
                                   const std::string& account) {
  SshHostTest::SetUp();
  if (IsSkipped()) return;
  test_run().set("FAIRLEAD_TRUST", "always");
  enter(account);
  if (shell(*there_, needs).exit_code == 0) return;
  there_.reset();
  GTEST_SKIP() << "skipped: the machine has no " << what;
}

RunResult SshWorkspaceTest::elsewhere(std::vector<std::string> words) {
  auto asked = request(std::move(words));
  asked.argv.insert(asked.argv.begin(), {"/usr/bin/unshare", "--uts", "sh", "-c",
                                         "hostname elsewhere && exec \"$@\"", "sh"});
  const auto other = test_run().below("elsewhere");
  for (const auto* name : {"XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
    asked.environment[name] = (other / name).string();
  return run(asked);
}

RunResult SshWorkspaceTest::on_host(const std::string& command,
                                    const std::vector<std::string>& more) {
  std::vector<std::string> words = {command, "--workspace-folder", address()};
  words.insert(words.end(), usual_.begin(), usual_.end());
  words.insert(words.end(), more.begin(), more.end());
  return fairlead(std::move(words));
}

void SshWorkspaceTest::put(const std::string& file, const std::string& content) {
  const auto result = run_on(*there_,
                             {.argv = {"sh", "-c", "mkdir -p \"$(dirname \"$1\")\" && cat >\"$1\"",
                                       "sh", folder_ + '/' + file}},
                             content);
  ASSERT_EQ(result.exit_code, 0) << result.err;
}

void SshWorkspaceTest::configure(const std::string& members) {
  put(".devcontainer/devcontainer.json", "{" + members + "}");
}

RunRequest SshWorkspaceTest::request(std::vector<std::string> words) {
  auto environment = test_run().environment();
  environment.erase("DOCKER_HOST");
  words.insert(words.begin(), fairlead_binary());
  return {.argv = std::move(words),
          .environment = std::move(environment),
          .directory = test_run().below("work").string(),
          .timeout = milliseconds(90'000)};
}

}  // namespace fairlead::test
