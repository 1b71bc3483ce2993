#include <fairlead/error.hpp>
#include <fairlead/sdk/pump.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>
#include <utility>

namespace fairlead::sdk {
namespace {

struct Ends {
  UniqueFd reader;
  UniqueFd writer;
};

Ends make_pipe() {
  std::array<int, 2> fds{};
  EXPECT_EQ(::pipe2(fds.data(), O_CLOEXEC), 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Ends make_sockets() {
  std::array<int, 2> fds{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  unsigned state = 1;
  for (auto& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24U);
  }
  return bytes;
}

void write_all(int fd, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto put = ::write(fd, bytes.data() + done, bytes.size() - done);
    ASSERT_GT(put, 0);
    done += static_cast<std::size_t>(put);
  }
}

std::string read_all(int fd) {
  std::string bytes;
  std::array<char, 65536> buffer{};
  for (auto got = ::read(fd, buffer.data(), buffer.size()); got > 0;
       got = ::read(fd, buffer.data(), buffer.size())) {
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return bytes;
}

using MakeEnds = Ends (*)();

class PumpBetween : public ::testing::TestWithParam<std::pair<MakeEnds, MakeEnds>> {};

TEST_P(PumpBetween, MovesEveryByteToTheEnd) {
  auto in = GetParam().first();
  auto out = GetParam().second();
  const auto bytes = pattern(3'000'001);
  std::thread writer([&] {
    write_all(in.writer.get(), bytes);
    in.writer.reset();
  });
  std::string got;
  std::thread reader([&] { got = read_all(out.reader.get()); });
  const auto result = pump(in.reader.get(), out.writer.get());
  out.writer.reset();
  writer.join();
  reader.join();
  EXPECT_EQ(result.end, PumpEnd::end_of_stream);
  EXPECT_EQ(result.bytes, bytes.size());
  EXPECT_TRUE(got == bytes);
}

using Kinds = std::pair<MakeEnds, MakeEnds>;

INSTANTIATE_TEST_SUITE_P(Kinds, PumpBetween,
                         ::testing::Values(Kinds(&make_pipe, &make_pipe),
                                           Kinds(&make_pipe, &make_sockets),
                                           Kinds(&make_sockets, &make_pipe),
                                           Kinds(&make_sockets, &make_sockets)),
                         [](const auto& ends) {
                           const auto kind = [](MakeEnds end) {
                             return std::string(end == &make_pipe ? "Pipe" : "Sockets");
                           };
                           return kind(ends.param.first) + "To" + kind(ends.param.second);
                         });

TEST(Pump, EndsWhileItsReceiverTakesNothingMore) {
  for (const auto make : {make_pipe, make_sockets}) {
    auto in = make_pipe();
    auto out = make();
    const UniqueFd cancel(::eventfd(0, EFD_CLOEXEC));
    std::thread writer([&] {
      // Until the pump lets go of its reader.
      const std::string block(65536, 'x');
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      while (::write(in.writer.get(), block.data(), block.size()) > 0) {
      }
    });
    PumpEnd end{};
    std::thread pumping([&] { end = pump(in.reader.get(), out.writer.get(), cancel.get()).end; });
    ::eventfd_write(cancel.get(), 1);
    pumping.join();
    in.reader.reset();
    writer.join();
    EXPECT_EQ(end, PumpEnd::cancelled);
  }
}

TEST(Pump, SeesAReceiverThatIsGoneWithoutASignal) {
  for (const auto make : {make_pipe, make_sockets}) {
    auto in = make_pipe();
    auto out = make();
    out.reader.reset();
    write_all(in.writer.get(), "bytes");
    EXPECT_EQ(pump(in.reader.get(), out.writer.get()).end, PumpEnd::receiver_gone);
  }
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(Pump, ShutsASocketsSendingHalfDown) {
  auto in = make_pipe();
  auto out = make_sockets();
  in.writer.reset();
  pump(in.reader.get(), out.writer.get());
  char byte = 0;
  EXPECT_EQ(::read(out.reader.get(), &byte, 1), 0);
  EXPECT_EQ(::send(out.reader.get(), "x", 1, MSG_NOSIGNAL), 1);  // the other half is still open
  EXPECT_EQ(::read(out.writer.get(), &byte, 1), 1);
}

TEST(Pump, SaysThatADescriptorIsBad) {
  auto out = make_pipe();
  try {
    const UniqueFd folder(::open("/", O_RDONLY | O_CLOEXEC));
    pump(folder.get(), out.writer.get());
    FAIL() << "a folder cannot be read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "pump.read");
  }
}

TEST(Relay, KeepsOneDirectionWhenTheOtherHasEnded) {
  auto left = make_sockets();
  auto right = make_sockets();
  std::thread relaying([&] { relay(left.reader.get(), right.reader.get()); });
  write_all(left.writer.get(), "question");
  ::shutdown(left.writer.get(), SHUT_WR);
  EXPECT_EQ(read_all(right.writer.get()), "question");
  write_all(right.writer.get(), "answer");
  ::shutdown(right.writer.get(), SHUT_WR);
  EXPECT_EQ(read_all(left.writer.get()), "answer");
  relaying.join();
}

TEST(Relay, EndsWhenCancelled) {
  auto left = make_sockets();
  auto right = make_sockets();
  const UniqueFd cancel(::eventfd(0, EFD_CLOEXEC));
  std::thread relaying([&] { relay(left.reader.get(), right.reader.get(), cancel.get()); });
  ::eventfd_write(cancel.get(), 1);
  relaying.join();
}

}  // namespace
}  // namespace fairlead::sdk
