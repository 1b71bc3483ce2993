#include "session.hpp"

#include "log_format.hpp"
#include "log_sinks.hpp"
#include "progress_log.hpp"
#include "version.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <chrono>

namespace fairlead::cli {
namespace {

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string executable_path() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}

// The reference names processors as Node.js does.
std::string_view processor_name(std::string_view machine) {
  if (machine == "x86_64") return "x64";
  return machine == "aarch64" ? "arm64" : machine;
}

std::string header_line() {
  utsname system{};
  ::uname(&system);
  std::string text = "@devcontainers/cli " + std::string(reference_version) + ". fairlead " +
                     std::string(own_version) + ". linux " + system.release + ' ';
  return text + std::string(processor_name(system.machine)) + '.';
}

LogLevel least_level(const Arguments& arguments) {
  if (arguments.mode() == Mode::fairlead) {
    if (arguments.flag("quiet")) return LogLevel::error;
    if (arguments.flag("verbose") && !arguments.given("log-level")) return LogLevel::debug;
  }
  return log_level_named(arguments.text("log-level"));
}

// A sink in front of the one it feeds, both owned.
template <class Front>
class Chain final : public EventSink {
 public:
  template <class... Rest>
  explicit Chain(std::unique_ptr<EventSink> next, Rest... rest)
      : next_(std::move(next)), front_(*next_, std::move(rest)...) {}
  void on_event(const LogEvent& event) override { front_.on_event(event); }

 private:
  std::unique_ptr<EventSink> next_;
  Front front_;
};

std::unique_ptr<EventSink> drop_in_text(const Arguments& arguments, const Session& session) {
  const LogLevel least = least_level(arguments);
  if (!session.out.is_terminal) return std::make_unique<PlainLog>(session.write_err, least);
  return std::make_unique<TerminalLog>(session.write_err, least, session.began_ms);
}

std::unique_ptr<EventSink> own_text(const Arguments& arguments, const Session& session) {
  const LogLevel least = least_level(arguments);
  if (!session.err.is_terminal) {
    return std::make_unique<Chain<ProgressLines>>(
        std::make_unique<PlainLog>(session.write_err, least));
  }
  ProgressStyle style{.colour = session.err.colour && !arguments.flag("no-color"),
                      .unicode = session.err.unicode,
                      .least = least,
                      .columns = {}};
  style.columns = [fd = session.err_fd] { return terminal_columns(fd, 80); };
  return std::make_unique<ProgressLog>(session.write_err, std::move(style));
}

std::unique_ptr<EventSink> sink_for(const Arguments& arguments, const Session& session) {
  if (arguments.text("log-format") == "json") return std::make_unique<JsonLog>(session.write_err);
  if (session.mode == Mode::drop_in) return drop_in_text(arguments, session);
  return own_text(arguments, session);
}

// The reference's header line precedes the log of every command but these.
bool has_header(CommandId command) {
  return command != CommandId::exec && command != CommandId::features_info &&
         command != CommandId::features_test && command != CommandId::features_resolve_dependencies;
}

}  // namespace

Mode mode_of(std::string_view program) {
  return last_name(program) == "devcontainer" ? Mode::drop_in : Mode::fairlead;
}

Session make_session(std::string_view program) {
  using namespace std::chrono;
  Session session;
  session.mode = mode_of(program);
  session.executable = executable_path();
  session.in = terminal_of(STDIN_FILENO);
  session.out = terminal_of(STDOUT_FILENO);
  session.err = terminal_of(STDERR_FILENO);
  session.write_out = result_writer(STDOUT_FILENO);
  session.write_err = fd_writer(STDERR_FILENO);
  session.read_line = [] { return read_line(STDIN_FILENO); };
  session.err_fd = STDERR_FILENO;
  session.began_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return session;
}

std::optional<std::string> read_line(int fd) {
  std::string line;
  for (char c = 0; ::read(fd, &c, 1) == 1;) {
    if (c == '\n') return line;
    line += c;
  }
  return line.empty() ? std::nullopt : std::optional<std::string>(line);
}

UniqueFd duplicate(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

std::string install_prefix(const Session& session) {
  const std::size_t name = session.executable.rfind('/');
  if (name == std::string::npos || name == 0) return {};
  return session.executable.substr(0, session.executable.rfind('/', name - 1));
}

std::unique_ptr<EventSink> make_log(const Arguments& arguments, const Session& session) {
  const auto* caller = arguments.caller();
  if (caller != nullptr && caller->make_log) return caller->make_log();
  std::unique_ptr<EventSink> sink = sink_for(arguments, session);
  if (session.mode == Mode::fairlead || !has_header(arguments.command())) return sink;
  return std::make_unique<Chain<HeaderLog>>(std::move(sink), header_line());
}

bool wants_json(const Arguments& arguments, const Session& session) {
  if (session.mode == Mode::drop_in || arguments.flag("json")) return true;
  const CommandId id = arguments.command();
  return id != CommandId::top && !command_of(id).own && !session.out.is_terminal;
}

}  // namespace fairlead::cli
