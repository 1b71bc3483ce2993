// Plugins on the host that the core lends them: the whole way there and back.
#include "plugin_fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string>
#include <thread>

namespace fairlead::test {
namespace {

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
};

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (auto got = ::read(fd, buffer.data(), buffer.size()); got > 0;
       got = ::read(fd, buffer.data(), buffer.size())) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

class PluginOnHost : public PluginTest {
 protected:
  std::unique_ptr<Backend> backend_ = open("well_behaved");
};

TEST_F(PluginOnHost, LearnsAboutItsHost) {
  const auto reply = backend_->probe({}, {});
  EXPECT_EQ(reply.engine, "well behaved");
  EXPECT_FALSE(reply.arch.empty());
  EXPECT_TRUE(reply.local);
}

TEST_F(PluginOnHost, RunsCommandsWithItsCallersStreams) {
  Pipe in;
  Pipe out;
  CallOptions options;
  ExecRequest request;
  request.argv = {"sh", "-c", "cat; echo \"$WORD\"; exit 3"};
  request.env = {{"WORD", "end"}};
  request.in = options.pass(std::move(in.reader));
  request.out = options.pass(std::move(out.writer));
  ASSERT_EQ(::write(in.writer.get(), "some\n", 5), 5);
  in.writer.reset();
  EXPECT_EQ(backend_->exec(request, std::move(options)).exit_code, 3);
  EXPECT_EQ(read_all(out.reader.get()), "some\nend\n");
}

TEST_F(PluginOnHost, HasItsCommandEndedByACancel) {
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  options.on_event = [&](const Event& event) {
    if (event.started) stop.request_stop();
  };
  ExecRequest request;
  request.argv = {"sleep", "60"};
  const auto error = thrown([&] { backend_->exec(request, std::move(options)); });
  EXPECT_EQ(error.status(), Status::cancelled);
}

TEST_F(PluginOnHost, SignalsItsCommandByTheStartedId) {
  CallOptions options;
  options.on_event = [&](const Event& event) {
    backend_->exec_control({event.started.value_or(""), {}, "KILL"}, {});
  };
  ExecRequest request;
  request.argv = {"sleep", "60"};
  EXPECT_EQ(backend_->exec(request, std::move(options)).exit_code, 137);
}

TEST_F(PluginOnHost, GetsTheHostsErrorsUnchanged) {
  ExecRequest request;
  request.argv = {"no-such-command-here"};
  const auto error = thrown([&] { backend_->exec(request, {}); });
  EXPECT_EQ(error.status(), Status::not_found);
  EXPECT_EQ(error.code(), "host.command_not_found");
  EXPECT_EQ(error.message(), "There is no command 'no-such-command-here' on this machine.");
}

TEST_F(PluginOnHost, DialsThroughIt) {
  const auto path = (folder_ / "s").string();
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  DialRequest request;
  request.socket = path;
  const auto client = backend_->dial(request, {});
  const UniqueFd server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  ASSERT_EQ(::send(server.get(), "hi", 2, 0), 2);
  std::array<char, 2> buffer{};
  EXPECT_EQ(::recv(client.get(), buffer.data(), 2, MSG_WAITALL), 2);
}

}  // namespace
}  // namespace fairlead::test
