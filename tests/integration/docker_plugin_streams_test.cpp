// Bytes through Docker's plugin: streams of commands, logs, archives and connections.

#include "docker_plugin_fixture.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stop_token>
#include <thread>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

TEST_F(DockerPluginTest, KeepsStreamsApartAndBinarySafe) {
  const auto id = started();
  const auto output = shell(id, "cat; echo problem >&2; exit 7", std::string("a\0b\xff\n", 5));
  EXPECT_EQ(output.exit_code, 7);
  EXPECT_EQ(output.out, std::string("a\0b\xff\n", 5));
  EXPECT_EQ(output.err, "problem\n");
}

TEST_F(DockerPluginTest, MovesSixtyFourMebibytesByteForByte) {
  const auto id = started();
  const auto bytes = noise(64 << 20U);
  const auto output = shell(id, "cat", bytes);
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(output.out.size(), bytes.size());
  EXPECT_TRUE(output.out == bytes);
}

TEST_F(DockerPluginTest, HalfClosesInput) {
  const auto id = started();
  const auto output = shell(id, "wc -c; echo after", "12345");
  EXPECT_EQ(output.out, "5\nafter\n");
}

TEST_F(DockerPluginTest, EndsThoughInputIsOpenOrUnwanted) {
  const auto id = started();
  auto in = make_pipe();  // never written to, never closed
  CallOptions options;
  auto request = script(id, "exit 3");
  request.in = options.pass(std::move(in.read));
  EXPECT_EQ(backend_->exec(request, std::move(options)).exit_code, 3);
  EXPECT_EQ(shell(id, "exec <&-; echo gone", noise(1 << 20U)).out, "gone\n");
}

TEST_F(DockerPluginTest, EndsACommandWhoseReaderIsGone) {
  const auto id = started();
  auto out = make_pipe();
  CallOptions options;
  ExecRequest request = script(id, "yes");
  request.out = options.pass(std::move(out.write));
  const std::jthread reader([&] {
    std::array<char, 4096> buffer;
    (void)!::read(out.read.get(), buffer.data(), buffer.size());
    out.read.reset();
  });
  EXPECT_EQ(backend_->exec(request, std::move(options)).exit_code, 141);
  EXPECT_TRUE(wait_until(5s, [&] { return processes(id).empty(); }));
}

TEST_F(DockerPluginTest, CancelsThoughTheReaderIsStuck) {
  const auto id = started();
  auto out = make_pipe();
  CallOptions options;
  std::stop_source stop;
  options.stop = stop.get_token();
  ExecRequest request = script(id, "yes");
  request.out = options.pass(std::move(out.write));
  const std::jthread canceller([&] {
    ::poll(nullptr, 0, 300);
    stop.request_stop();
  });
  EXPECT_EQ(failure_of([&] { backend_->exec(request, std::move(options)); }).status(),
            Status::cancelled);
  EXPECT_TRUE(wait_until(5s, [&] { return processes(id).empty(); }));
}

TEST_F(DockerPluginTest, GivesLogsApart) {
  auto request = sleeper();
  request.command = {"-c", "echo one; echo two >&2; echo three"};
  const auto id = started(request);
  ASSERT_TRUE(
      wait_until(10s, [&] { return backend_->inspect({id}, {}).state == InstanceState::stopped; }));
  const auto read_logs = [&](LogsRequest wanted) {
    UniqueFd out = file_with("");
    UniqueFd err = file_with("");
    CallOptions options;
    wanted.id = id;
    wanted.out = options.pass(duplicate(out));
    wanted.err = options.pass(duplicate(err));
    backend_->logs(wanted, std::move(options));
    ::lseek(out.get(), 0, SEEK_SET);
    ::lseek(err.get(), 0, SEEK_SET);
    return std::pair(read_all(out.get()), read_all(err.get()));
  };
  EXPECT_EQ(read_logs({}), std::pair(std::string("one\nthree\n"), std::string("two\n")));
  const auto [out, err] = read_logs({.follow = true, .tail = 1});
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n') + std::count(err.begin(), err.end(), '\n'), 1);
}

TEST_F(DockerPluginTest, CopiesArchivesOutAndIn) {
  const auto id = started();
  const auto bytes = noise(3 << 20U);
  ASSERT_EQ(shell(id, "mkdir -p /tmp/a /tmp/b; cat > /tmp/a/data", bytes).exit_code, 0);
  UniqueFd archive = file_with("");
  {
    CallOptions options;
    const auto out = options.pass(duplicate(archive));
    backend_->copy_out({id, "/tmp/a", out}, std::move(options));
  }
  ::lseek(archive.get(), 0, SEEK_SET);
  CallOptions options;
  const auto in = options.pass(std::move(archive));
  backend_->copy_in({id, "/tmp/b", in}, std::move(options));
  EXPECT_TRUE(shell(id, "cat /tmp/b/a/data").out == bytes);
  const auto missing = failure_of([&] {
    CallOptions into;
    const auto fd = into.pass(file_with(noise(1 << 20U)));
    backend_->copy_in({id, "/no/such/folder", fd}, std::move(into));
  });
  EXPECT_EQ(missing.status(), Status::not_found);
}

TEST_F(DockerPluginTest, DialsTheContainersOwnAddress) {
  auto request = sleeper();
  request.run_args.clear();
  const auto id = started(request);
  Running server(*backend_, script(id, "exec nc -l -p 7777 -e cat"));
  UniqueFd stream;
  ASSERT_TRUE(wait_until(10s, [&] {
    try {
      stream = backend_->dial({id, "127.0.0.1", 7777, ""}, {});
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::unavailable) << error.text();
      return false;
    }
  }));
  write_whole(stream.get(), "echo\n");
  ::shutdown(stream.get(), SHUT_WR);
  EXPECT_EQ(read_all(stream.get()), "echo\n");
  server.cancel();
  EXPECT_EQ(failure_of([&] {
              backend_->dial({id, "127.0.0.1", 7778, ""}, {});
            }).status(),
            Status::unavailable);
  EXPECT_EQ(failure_of([&] {
              backend_->dial({id, "", 0, "/run/x.sock"}, {});
            }).status(),
            Status::unsupported);
}

}  // namespace
}  // namespace fairlead::test
