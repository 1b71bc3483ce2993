#include "plugins/kit/opened.hpp"

#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

namespace fairlead::kit {

namespace {

using namespace std::chrono_literals;

std::unique_ptr<Host> open_host(Opened& opened, const Setup& setup) {
  opened.need(FAIRLEAD_HOST_V1);
  if (setup.host.empty()) throw Skipped("no host to try it with (--host)");
  auto host =
      opened.registry().open_host(setup.host.substr(0, setup.host.find("://")), opened.settings());
  host->open({setup.host}, {});
  return host;
}

UniqueFd file() { return UniqueFd(::memfd_create("stream", MFD_CLOEXEC)); }

std::string content(const UniqueFd& fd) {
  std::string text(65536, '\0');
  const auto got = ::pread(fd.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

struct Said {
  int exit_code;
  std::string out;
  std::string err;
};

Said run(Host& host, const std::vector<std::string>& argv, const std::string& input = {}) {
  const auto in = file();
  require(::write(in.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()),
          "no space for the input");
  ::lseek(in.get(), 0, SEEK_SET);
  const auto out = file();
  const auto err = file();
  CallOptions options;
  options.timeout = 60s;
  SpawnRequest request;
  request.argv = argv;
  request.in = options.pass(UniqueFd(::dup(in.get())));
  request.out = options.pass(UniqueFd(::dup(out.get())));
  request.err = options.pass(UniqueFd(::dup(err.get())));
  const int code = host.spawn(request, std::move(options)).exit_code;
  return {code, content(out), content(err)};
}

void describes(Host& host) {
  const auto described = host.describe({});
  require(!described.os.empty() && !described.arch.empty(), "it does not say what machine it is");
  require(!described.user.empty() && described.home.starts_with('/'),
          "it does not say whose home is where");
}

void exit_codes(Host& host) {
  for (const int code : {0, 3}) {
    const auto got = run(host, {"sh", "-c", "exit " + std::to_string(code)}).exit_code;
    require(got == code, "status " + std::to_string(got) + " instead of " + std::to_string(code));
  }
  const auto killed = run(host, {"sh", "-c", "kill -9 $$"}).exit_code;
  require(killed == 137, "status " + std::to_string(killed) + " instead of 137");
}

void exact_arguments(Host& host) {
  const std::string odd = "a 'b' \"c\" $HOME `x` \\ * ; \n é";
  require(run(host, {"printf", "%s", odd}).out == odd, "an argument does not arrive as it is");
}

void streams(Host& host) {
  const auto said = run(host, {"sh", "-c", "cat; echo err >&2"}, "input");
  require(said.out == "input" && said.err == "err\n", "the streams are mixed or cut off");
}

void not_there(Host& host) {
  try {
    const auto code = run(host, {"/no/such/command"}).exit_code;
    require(code == 127 || code == 126,
            "a command that is not there ends with " + std::to_string(code));
  } catch (const Error& error) {
    require(error.status() == Status::not_found, "it fails with " + error.code());
  }
}

void cancelled(Host& host) {
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  options.on_event = [&](const Event& event) {
    if (event.started) stop.request_stop();
  };
  SpawnRequest request;
  request.argv = {"sleep", "4711.25"};
  try {
    host.spawn(request, std::move(options));
  } catch (const Error& error) {
    require(error.status() == Status::cancelled, "a cancelled command fails with " + error.code());
    const auto left = run(host, {"sh", "-c",
                                 "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' "
                                 "| grep -c 'sleep 4711[.]25'"});
    require(left.out == "0\n", "a cancelled command goes on");
    return;
  }
  throw Broken("a cancelled command ends as if nothing had happened");
}

void refuses_dial(Host& host) {
  try {
    host.dial({.host = "127.0.0.1", .port = 1, .socket = {}}, {.timeout = 30s});
  } catch (const Error& error) {
    require(error.status() != Status::internal, "it fails with " + error.code());
    return;
  }
  throw Broken("it connects to a port where nothing listens");
}

}  // namespace

void add_host_checks(std::vector<Check>& checks) {
  const auto add = [&](const char* name, const char* description, void (*check)(Host&)) {
    checks.push_back({name, description, [check](const Setup& setup) {
                        Opened opened(setup);
                        const auto host = open_host(opened, setup);
                        check(*host);
                        host->close({});
                      }});
  };
  add("host.describe", "says what machine it is", describes);
  add("host.exit_codes", "hands on exit statuses and signals", exit_codes);
  add("host.arguments", "hands on arguments as they are", exact_arguments);
  add("host.streams", "keeps three streams apart", streams);
  add("host.no_such_command", "says that a command is not there", not_there);
  add("host.cancel", "ends a command that is cancelled", cancelled);
  add("host.dial_refused", "says that nothing listens", refuses_dial);
}

}  // namespace fairlead::kit
