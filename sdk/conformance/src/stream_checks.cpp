#include "checks.hpp"

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

/// What listens on the loopback address inside only.
void dial_loopback(World& world) {
  if (!world.subject().capabilities().dial) throw Absent("it connects to no port inside");
  world.begin();
  require(
      world.run("nc -l -s 127.0.0.1 -p 7777 -e cat >/dev/null 2>&1 </dev/null &").exit_code == 0,
      "a server starts");
  try {
    UniqueFd stream;
    world.wait_for(
        [&] {
          stream = world.subject().dial({.id = world.id(), .port = 7777});
          return static_cast<bool>(stream);
        },
        "a connection");
  } catch (const Error& error) {
    throw Absent("only what listens on the instance's own address: " + error.code());
  }
}

constexpr std::array checks{Check{"logs follow", logs_follow}, Check{"copy out and in", archives},
                            Check{"dial to 127.0.0.1 inside", dial_loopback}};

}  // namespace

std::span<const Check> stream_checks() { return checks; }

}  // namespace fairlead::conformance
