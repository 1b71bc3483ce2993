#include "ssh-remote/master.hpp"

#include "ssh-remote/failure.hpp"
#include "ssh-remote/log_in.hpp"
#include "ssh-remote/remote_text.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/descriptor_limit.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace fairlead::ssh {
namespace {

constexpr std::size_t most_output = 256 * 1024;

std::string new_mark() {
  static std::atomic<unsigned> count = 0;
  std::array<unsigned char, 8> random{};
  const UniqueFd source(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
  const auto got = ::read(source.get(), random.data(), random.size());
  return short_hash(std::string(reinterpret_cast<const char*>(random.data()),
                                got > 0 ? static_cast<std::size_t>(got) : 0) +
                    std::to_string(::getpid()) + ' ' + std::to_string(++count));
}

std::string option(const char* name, const std::string& value) {
  return std::string(name) + '=' + value;
}

// What the user's configuration says stays, but for what would make this more or less than one
// connection without a terminal that runs one command and then waits for ours.
std::vector<std::string> log_in_command(const Settings& settings, const Address& address,
                                        const std::string& socket, bool ask,
                                        const std::string& script) {
  std::vector<std::string> argv = {settings.ssh_path};
  for (const auto& one : {option("ControlMaster", "yes"), option("ControlPath", socket),
                          option("ControlPersist", std::to_string(settings.idle)),
                          option("BatchMode", ask ? "no" : "yes"),
                          option("ConnectTimeout", std::to_string(settings.connect_timeout)),
                          option("ServerAliveInterval", std::to_string(settings.keep_alive)),
                          option("ServerAliveCountMax", std::to_string(settings.keep_alive_count)),
                          option("StreamLocalBindUnlink", "yes"),
                          option("ClearAllForwardings", "yes"), option("RequestTTY", "no"),
                          option("RemoteCommand", "none"), option("SessionType", "default"),
                          option("ForkAfterAuthentication", "no"), option("StdinNull", "no"),
                          option("PermitLocalCommand", "no"), option("LogLevel", "INFO")}) {
    argv.insert(argv.end(), {"-o", one});
  }
  if (!address.user.empty()) argv.insert(argv.end(), {"-l", address.user});
  if (!address.port.empty()) argv.insert(argv.end(), {"-p", address.port});
  argv.insert(argv.end(), {"--", address.host, for_any_shell(script)});
  return argv;
}

void store(const std::string& file, const std::string& text) {
  const auto written = file + '.' + std::to_string(::getpid());
  {
    const UniqueFd fd(
        ::open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) return;
  }
  ::rename(written.c_str(), file.c_str());
}

UniqueFd memory_with(const std::string& text) {
  UniqueFd fd(::memfd_create("fairlead", MFD_CLOEXEC));
  for (std::size_t sent = 0; fd && sent < text.size();) {
    const auto now = ::write(fd.get(), text.data() + sent, text.size() - sent);
    if (now <= 0) break;
    sent += static_cast<std::size_t>(now);
  }
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

std::string contents(const UniqueFd& fd) {
  ::lseek(fd.get(), 0, SEEK_SET);
  std::string text(most_output, '\0');
  const auto got = ::read(fd.get(), text.data(), text.size());
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace

Master::Master(Settings settings, Environment environment, Address address)
    : settings_(std::move(settings)),
      environment_(std::move(environment)),
      address_(std::move(address)),
      files_(control_files(environment_, settings_, address_)) {}

void Master::start(int cancel_fd) {
  ::unlink(files_.socket.c_str());  // of one that was killed
  const bool ask = can_ask(environment_);
  const auto mark = new_mark();
  const auto result = log_in({.argv = log_in_command(settings_, address_, files_.socket, ask,
                                                     facts_script(files_.id, mark)),
                              .environment = environment_,
                              .ask = ask,
                              .descriptors = sdk::descriptor_limit_of_children()},
                             cancel_fd);
  auto facts = read_facts(result.output, mark);
  if (!facts) {
    // Without a master nobody got in: it outlives what the login shell does.
    if (!connect_socket(files_.socket)) throw connection_failure(address_, result.words, ask);
    throw shell_failure(address_, result.output + result.words);
  }
  store(files_.description, mark + '\n' + result.output);
  const std::lock_guard lock(mutex_);
  facts_ = std::move(facts);
}

Mux Master::connect(int cancel_fd) {
  if (auto mux = Mux::connect(files_.socket, cancel_fd)) return std::move(*mux);
  const FileLock lock(files_.lock, cancel_fd);
  if (auto mux = Mux::connect(files_.socket, cancel_fd)) return std::move(*mux);
  start(cancel_fd);
  if (auto mux = Mux::connect(files_.socket, cancel_fd)) return std::move(*mux);
  throw Error(Status::unavailable, "host.lost",
              "The connection to " + address_.text() + " ended as soon as it was there.",
              "`ssh -v HOST true` says more.");
}

std::optional<HostFacts> Master::stored_facts() const {
  std::ifstream file(files_.description, std::ios::binary);
  std::string mark;
  if (!std::getline(file, mark) || mark.empty()) return std::nullopt;
  std::ostringstream rest;
  rest << file.rdbuf();
  return read_facts(rest.str(), mark);
}

HostFacts Master::facts(int cancel_fd) {
  {
    const std::lock_guard lock(mutex_);
    if (facts_) return *facts_;
  }
  connect(cancel_fd);  // at least: a file of a host that is gone helps nobody
  std::unique_lock lock(mutex_);
  if (facts_) return *facts_;
  if (auto known = stored_facts()) return *(facts_ = std::move(known));
  lock.unlock();
  const auto mark = new_mark();
  const auto result = run(facts_script(files_.id + ".none", mark), cancel_fd);
  auto found = read_facts(mark_line(mark) + result.output, mark);
  if (!found) throw shell_failure(address_, result.output);
  lock.lock();
  return *(facts_ = std::move(found));
}

Mux Master::open(const MuxSession& session, int cancel_fd) {
  auto mux = connect(cancel_fd);
  try {
    mux.open_session(session, cancel_fd);
    return mux;
  } catch (const Error& error) {
    if (error.code() != "host.lost") throw;
  }
  auto again = connect(cancel_fd);
  again.open_session(session, cancel_fd);
  return again;
}

ScriptResult Master::run(const std::string& script, int cancel_fd, const std::string& input) {
  const auto mark = new_mark();
  const auto in = memory_with(input);
  const auto out = memory_with({});
  const UniqueFd nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  auto mux = open({.command = for_any_shell("printf '\\001fairlead %s\\n' " + mark + '\n' + script),
                   .term = {},
                   .in = in.get(),
                   .out = out.get(),
                   .err = nothing.get()},
                  cancel_fd);
  const auto end = mux.wait_session(cancel_fd);
  if (end.cancelled) {
    throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
  }
  if (!end.exit_code) {
    throw Error(Status::unavailable, "host.lost",
                "The connection to " + address_.text() + " was lost.",
                "Run the command again: it connects anew.");
  }
  const auto output = contents(out);
  const auto line = mark_line(mark);
  const auto begin = output.find(line);
  if (begin == std::string::npos) throw shell_failure(address_, output);
  return {*end.exit_code, output.substr(begin + line.size())};
}

}  // namespace fairlead::ssh
