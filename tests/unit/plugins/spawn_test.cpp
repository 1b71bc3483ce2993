// What programs get that we start.

#include "base/descriptor_limit_of_children.hpp"
#include "plugins/local_process.hpp"

#include <fairlead/descriptor_limit.hpp>
#include <fairlead/error.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace fairlead {
namespace {

rlimit limit_now() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit;
}

struct Ran {
  int exit_code = -1;
  std::string out;
};

Ran run(SpawnRequest request) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const UniqueFd reader(ends[0]);
  const auto process = start_process(request, {.in = {}, .out = UniqueFd(ends[1]), .err = {}});
  Ran ran;
  std::array<char, 256> buffer{};
  const int from = process.terminal ? process.terminal.get() : reader.get();
  for (auto got = ::read(from, buffer.data(), buffer.size()); got > 0;
       got = ::read(from, buffer.data(), buffer.size())) {
    ran.out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ran.exit_code = wait_process(process, -1, std::chrono::seconds(20)).exit_code;
  return ran;
}

SpawnRequest shell(const std::string& script) {
  SpawnRequest request;
  request.argv = {"sh", "-c", script};
  return request;
}

/// In a process of its own: a limit is for ever.
[[noreturn]] void exit_with(const std::function<std::string()>& fault) {
  auto limit = limit_now();
  limit.rlim_cur = 64;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  allow_many_descriptors();
  const auto text =
      limit_now().rlim_cur == limit.rlim_max ? fault() : std::string("our own limit is as before");
  if (!text.empty()) std::fprintf(stderr, "%s\n", text.c_str());
  ::_exit(text.empty() ? 0 : 1);
}

std::string unless(const Ran& ran, int exit_code, const std::string& out) {
  if (ran.exit_code == exit_code && ran.out == out) return {};
  return std::to_string(ran.exit_code) + ": " + ran.out;
}

TEST(LimitOfChildren, IsTheOneThatTheProcessCameWith) {
  EXPECT_EXIT(exit_with([] { return unless(run(shell("ulimit -n")), 0, "64\n"); }),
              testing::ExitedWithCode(0), "");
}

TEST(LimitOfChildren, ChangesNothingElseOfThem) {
  EXPECT_EXIT(exit_with([] {
                auto request = shell("pwd; echo $WORD; [ -t 0 ] || echo none; read x; kill $$");
                request.working_directory = "/usr";
                request.env = {{"WORD", "a b"}};
                return unless(run(std::move(request)), 143, "/usr\na b\nnone\n");
              }),
              testing::ExitedWithCode(0), "");
}

TEST(LimitOfChildren, HoldsOnATerminal) {
  EXPECT_EXIT(exit_with([] {
                auto request = shell("ulimit -n; test -t 0 && test -t 1 && test -t 2");
                request.terminal = Terminal{};
                return unless(run(std::move(request)), 0, "64\r\n");
              }),
              testing::ExitedWithCode(0), "");
}

TEST(LimitOfChildren, LeavesTheErrorOfAProgramThatIsNotThere) {
  EXPECT_EXIT(exit_with([]() -> std::string {
                SpawnRequest request;
                request.argv = {"/no/such/program"};
                try {
                  run(std::move(request));
                } catch (const Error& error) {
                  return error.code() == "host.command_not_found" ? "" : error.code();
                }
                return "it ran";
              }),
              testing::ExitedWithCode(0), "");
}

TEST(Spawn, LeavesTheLimitAsItIsOtherwise) {
  const auto limit = descriptor_limit_of_children().value_or(limit_now()).rlim_cur;
  const auto expected = limit == RLIM_INFINITY ? "unlimited\n" : std::to_string(limit) + '\n';
  EXPECT_EQ(run(shell("ulimit -n")).out, expected);
}

}  // namespace
}  // namespace fairlead
