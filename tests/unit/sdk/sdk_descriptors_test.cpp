#include <fairlead/error.hpp>
#include <fairlead/sdk/daemon_socket.hpp>
#include <fairlead/sdk/descriptor_limit.hpp>
#include <fairlead/sdk/pipe.hpp>
#include <fairlead/sdk/timer.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <string>

namespace fairlead::sdk {
namespace {

bool readable(int fd, int milliseconds) {
  pollfd watched{fd, POLLIN, 0};
  return ::poll(&watched, 1, milliseconds) > 0;
}

/// None is left until this goes.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

template <class Make>
std::string code_without_descriptors(const Make& make) {
  std::exception_ptr thrown;
  {
    const NoDescriptors none;
    try {
      make();
    } catch (...) {
      thrown = std::current_exception();
    }
  }
  // Looked at behind it: a sanitizer that looks at an object needs descriptors, too.
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(SdkPipe, CarriesBytesAndIsNotInherited) {
  auto pipe = make_pipe();
  for (const int fd : {pipe.read.get(), pipe.write.get()}) {
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_EQ(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  }
  ASSERT_EQ(::write(pipe.write.get(), "ab", 2), 2);
  pipe.write.reset();
  std::array<char, 8> got{};
  EXPECT_EQ(::read(pipe.read.get(), got.data(), got.size()), 2);
  EXPECT_EQ(::read(pipe.read.get(), got.data(), got.size()), 0);
}

TEST(SdkPipe, SaysThatNoDescriptorIsLeft) {
  EXPECT_EQ(code_without_descriptors([] { make_pipe(); }), "host.pipe");
}

TEST(SdkTimer, IsReadableOnceItsTimeIsOver) {
  using namespace std::chrono_literals;
  const Timer late(1h);
  EXPECT_FALSE(readable(late.fd(), 0));
  EXPECT_NE(::fcntl(late.fd(), F_GETFD) & FD_CLOEXEC, 0);
  const Timer soon(10ms);
  EXPECT_TRUE(readable(soon.fd(), 30'000));
  EXPECT_TRUE(readable(soon.fd(), 0));
  for (const auto none : {0ms, -5ms}) EXPECT_TRUE(readable(Timer(none).fd(), 30'000));
}

TEST(SdkTimer, IsReadableOnceItIsEnded) {
  Timer timer(std::chrono::hours(1));
  timer.end();
  EXPECT_TRUE(readable(timer.fd(), 30'000));
}

TEST(SdkTimer, SaysThatNoDescriptorIsLeft) {
  EXPECT_EQ(code_without_descriptors([] { Timer{std::chrono::seconds(1)}; }), "host.timer");
}

TEST(DescriptorLimit, IsWhatConfigureSays) {
  const auto before = descriptor_limit_of_children();  // of the process: others may have said it
  for (const auto* nothing : {"", "[]", "{}", R"({"descriptors":"9"})", R"({"descriptors":-1})"}) {
    note_descriptor_limit(nothing);
    EXPECT_EQ(descriptor_limit_of_children(), before) << nothing;
  }
  for (const auto limit : {1024, 2048}) {
    note_descriptor_limit(R"({"settings":"{}","descriptors":)" + std::to_string(limit) + "}");
    EXPECT_EQ(descriptor_limit_of_children(), limit);
  }
}

TEST(DaemonSocket, NamesWhoseASystemsSocketIs) {
  EXPECT_EQ(daemon_of_socket("/var/run/docker.sock"), "docker");
  EXPECT_EQ(daemon_of_socket("/run/x.y.sock"), "x.y");
  EXPECT_EQ(daemon_of_socket("/run/plain"), "plain");
  for (const auto* elsewhere : {"/run/user/1000/docker.sock", "/tmp/docker.sock", "docker.sock", "",
                                "/docker.sock", "/run/docker/x.sock"})
    EXPECT_EQ(daemon_of_socket(elsewhere), "") << elsewhere;
  EXPECT_EQ(daemon_of_socket("/run/"), "");
}

}  // namespace
}  // namespace fairlead::sdk
