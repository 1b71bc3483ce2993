#include "checks.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>

namespace fairlead::conformance {
namespace {

/// Followed logs arrive while the process goes on, and end with it.
void logs_follow(World& world) {
  if (!world.subject().capabilities().logs) throw Absent("it keeps no logs");
  auto create = world.sleeper();
  create.command = {"-c", "echo first; until test -f /go; do sleep 0.05; done; echo second"};
  world.begin(create);
  const auto out = file_with({});
  Run run;
  run.out = copy_of(out);
  auto reading = std::async(std::launch::async, [&] {
    LogsRequest request;
    request.id = world.id();
    request.follow = true;
    world.subject().logs(request, std::move(run));
  });
  try {
    world.wait_for([&] { return content_of(out) == "first\n"; }, "the first line of the log");
  } catch (...) {
    world.subject().remove(world.id());
    reading.wait();
    throw;
  }
  world.run("touch /go");
  reading.get();
  require(content_of(out) == "first\nsecond\n", "the log ends with the process");
}

void archives(World& world) {
  world.begin();
  require(world.run("mkdir -p /from/d /to && cd /from/d && echo content >file && chmod 640 file && "
                    "ln -s file link && touch -d @1000000000 file")
                  .exit_code == 0,
          "files can be made");
  const auto archive = file_with({});
  world.subject().copy_out({.id = world.id(), .path = "/from/d", .archive = {}}, copy_of(archive));
  ::lseek(archive.get(), 0, SEEK_SET);
  world.subject().copy_in({.id = world.id(), .path = "/to", .archive = {}}, copy_of(archive));
  require(world.run("cd /to/d && cat file && stat -c '%a %Y' file && readlink link").out ==
              "content\n640 1000000000\nfile\n",
          "modes, times and links are kept");
}

/// A connection to the port once something listens there; the backend may say that it is not yet.
UniqueFd connection_to(World& world, int port) {
  UniqueFd stream;
  world.wait_for(
      [&] {
        try {
          stream = world.subject().dial({.id = world.id(), .port = port});
        } catch (const Error& error) {
          if (error.status() == Status::unsupported) throw Absent(error.message());
          if (error.status() != Status::unavailable) throw;
        }
        return static_cast<bool>(stream);
      },
      "a connection");
  return stream;
}

std::string everything_from(const UniqueFd& stream) {
  std::string got;
  std::array<char, 16 * 1024> buffer;
  for (ssize_t size = 0; (size = ::read(stream.get(), buffer.data(), buffer.size())) > 0;)
    got.append(buffer.data(), static_cast<std::size_t>(size));
  return got;
}

/// What listens on the loopback address inside only: busybox's web server, with a file.
void dial_loopback(World& world) {
  if (!world.subject().capabilities().dial) throw Absent("it connects to no port inside");
  world.begin();
  const auto content = noise(1 << 20U);
  require(world.run("mkdir /www && cat >/www/noise && httpd -p 127.0.0.1:7777 -h /www", content)
                  .exit_code == 0,
          "a server starts");
  const auto stream = connection_to(world, 7777);
  const std::string_view question = "GET /noise HTTP/1.0\r\n\r\n";
  require(::send(stream.get(), question.data(), question.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(question.size()),
          "the connection takes bytes");
  const auto answer = everything_from(stream);
  require(answer.starts_with("HTTP/1") && answer.ends_with(content),
          "every byte comes, and then the end");
}

void dial_nothing(World& world) {
  if (!world.subject().capabilities().dial) throw Absent("it connects to no port inside");
  world.begin();
  try {
    world.subject().dial({.id = world.id(), .port = 7778});
  } catch (const Error& error) {
    if (error.status() == Status::unsupported) throw Absent(error.message());
    require(error.status() == Status::unavailable, "a refused connection is UNAVAILABLE");
    return;
  }
  throw Broken("a port without a listener refuses");
}

constexpr std::array checks{Check{"logs follow", logs_follow}, Check{"copy out and in", archives},
                            Check{"dial to 127.0.0.1 inside", dial_loopback},
                            Check{"dial where nothing listens", dial_nothing}};

}  // namespace

std::span<const Check> stream_checks() { return checks; }

}  // namespace fairlead::conformance
